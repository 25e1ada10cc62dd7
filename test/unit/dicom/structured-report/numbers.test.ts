import { describe, expect, it } from 'vitest';
import { MemorySource } from '../../../../main/dicom/byte-source.ts';
import { readReport } from '../../../../main/dicom/structured-report/report.ts';
import { comparedDocuments } from '../../../../core/document/compared-numbers.ts';
import {
  type BuiltCode,
  buildReport,
  coded,
  container,
  number,
  type ReportOptions,
} from '../../../fixtures/dicom/build-report.ts';
import { reportByDcmjs } from '../../../fixtures/dicom/dcmjs-report.ts';
import { type Dialect, edv, scannerReport } from '../../../fixtures/dicom/scanner-report.ts';

const read = (...built: Parameters<typeof buildReport>) =>
  readReport(new MemorySource(buildReport(...built)), 'report.dcm');

const biplane = { method: 'biplane-disks', view: 'biplane', mode: null } as const;
const expected = [
  { name: 'HR', value: 64, unit: 'bpm', method: null, view: null, mode: null, choice: 'only', of: 1 },
  { name: 'BSA', value: 1.9, unit: 'm²', method: 'du-bois', view: null, choice: 'only', of: 1 },
  { name: 'EDV', value: 120, unit: 'mL', ...biplane, choice: 'mean', of: 3 },
  { name: 'EDV', value: 131, unit: 'mL', method: 'single-plane-disks', view: 'a4c', choice: 'only' },
  { name: 'EDV', value: 109, unit: 'mL', method: 'single-plane-disks', view: 'a2c', choice: 'only' },
  { name: 'EDVI', value: 63, unit: 'mL/m²', ...biplane },
  { name: 'ESV', value: 54, unit: 'mL', ...biplane, choice: 'chosen', of: 2 },
  { name: 'EF', unit: '%', ...biplane, choice: 'only' },
  { name: 'EDV', value: 140, method: null, methodMeaning: 'Teichholz', mode: 'm-mode' },
  { name: 'LAV max', value: 61, unit: 'mL', method: 'biplane-area-length', view: 'biplane' },
  { name: 'LAVI max', value: 32.1, unit: 'mL/m²', method: 'biplane-area-length', view: 'biplane' },
];

describe.each<[Dialect, ReportOptions['syntax'], boolean]>([
  ['srt', 'explicit', false],
  ['sct', 'explicit', true],
  ['srt', 'implicit', true],
  ['sct', 'implicit', false],
  ['srt', 'big-endian', true],
  ['sct', 'deflated', false],
])("a scanner's report with codes of %s, %s, undefined lengths: %s", (dialect, syntax, undefinedLengths) => {
  const { document, study } = read(scannerReport(dialect), {
    syntax: syntax ?? 'explicit',
    undefinedLengths,
  });

  it('gives its numbers in our units, one of each, by method and view', () => {
    expect(document.numbers).toMatchObject(expected);
    expect(document.numbers.find(({ name }) => name === 'EF')?.value).toBeCloseTo(55, 10);
  });

  it('belongs to its study and patient, and says who wrote it', () => {
    expect(document).toMatchObject({
      title: 'Adult Echocardiography Procedure Report',
      writtenAt: '2026-01-02T10:15:00',
      manufacturer: 'Scanners',
      manufacturerModel: 'Model T',
      bySystola: false,
      contours: null,
    });
    expect(study).toMatchObject({ studyInstanceUid: '1.2.3.4.3', patient: { patientId: 'P-1' } });
  });
});

it('concepts of TID 5300 say method and view themselves', () => {
  const { document } = read(
    container(
      ['125200', 'DCM', 'Adult Echocardiography Procedure Report'],
      [
        container(
          ['125301', 'DCM', 'Pre-coordinated Measurements'],
          [
            number(['79996-5', 'LN', 'LVEDV biplane'], 121, 'mL'),
            number(['79993-2', 'LN', 'LVEF 4C'], 57, '%'),
            number(['79990-8', 'LN', 'LVEF 3D'], 58, '%'),
            number(['79984-1', 'LN', 'LAVI'], 30, 'ml/m2'),
          ],
        ),
      ],
    ),
    { sopClassUid: '1.2.840.10008.5.1.4.1.1.88.72' },
  );
  expect(document.numbers).toMatchObject([
    { name: 'EDV', value: 121, method: 'biplane-disks', view: 'biplane', mode: null },
    { name: 'EF', value: 57, method: 'single-plane-disks', view: 'a4c', mode: null },
    { name: 'EF', value: 58, method: null, mode: '3d' },
    { name: 'LAVI max', value: 30, method: 'biplane-disks' },
  ]);
});

it.each([
  '1.2.840.10008.5.1.4.1.1.88.11',
  '1.2.840.10008.5.1.4.1.1.88.22',
  '1.2.840.10008.5.1.4.1.1.88.34',
  '1.2.840.10008.5.1.4.1.1.88.35',
])('a report of class %s without a number is a document all the same', (sopClassUid) => {
  const { document } = read(container(['18748-4', 'LN', 'Diagnostic Imaging Report'], []), { sopClassUid });
  expect(document).toMatchObject({
    sopClassUid,
    title: 'Diagnostic Imaging Report',
    numbers: [],
    contours: null,
  });
});

it('a report that dcmjs has written says the same', () => {
  const written = readReport(new MemorySource(reportByDcmjs(scannerReport('srt'))), 'report.dcm');
  expect(written).toEqual(read(scannerReport('srt')));
});

it('numbers at rest and under stress are kept apart', () => {
  const state = (code: BuiltCode) => coded(['109054', 'DCM', 'Patient State'], code, 'HAS ACQ CONTEXT');
  const group = (code: BuiltCode, value: number) =>
    container(['125007', 'DCM', 'Measurement Group'], [state(code), number(edv, value, 'ml')]);
  const { document } = read(
    container(
      ['125200', 'DCM', 'Adult Echocardiography Procedure Report'],
      [
        group(['F-01604', 'SRT', 'Resting State'], 120),
        group(['432655005', 'SCT', 'Cardiac Stress State'], 110),
      ],
    ),
  );
  expect(document.numbers).toMatchObject([
    { value: 120, state: 'rest', of: 1 },
    { value: 110, state: 'stress', of: 1 },
  ]);
  const ours = {
    name: 'EDV',
    method: 'single-plane-disks',
    view: 'a4c',
    value: 115,
    unit: 'mL',
    beat: null,
    sources: [],
  } as const;
  const [compared] = comparedDocuments([document], { measurements: [ours], clips: {}, atRest: true });
  expect(compared?.numbers.map(({ difference }) => difference)).toEqual([-5, null]);
});
