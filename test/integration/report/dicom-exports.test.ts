import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Measurement } from '../../../core/measurement/measurement.ts';
import { quantityOf } from '../../../core/quantity/quantities.ts';
import { researchUseNotice } from '../../../core/notice.ts';
import { MemorySource } from '../../../main/dicom/byte-source.ts';
import { readHeader } from '../../../main/dicom/header.ts';
import { readInstance } from '../../../main/dicom/instance.ts';
import { ownCodes } from '../../../main/dicom/write/own-codes.ts';
import { dicomMeasurements } from '../../../main/export/dicom-measurements.ts';
import { dicomPdf } from '../../../main/export/dicom-pdf.ts';
import { reportPdf } from '../../../main/export/report-pdf.ts';
import { readWithDcmjs } from '../../fixtures/dicom/dcmjs.ts';
import { isInstalled, saidBy } from '../../fixtures/dicom/installed.ts';
import { below, qualified, readReport } from '../../fixtures/dicom/read-report.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';
import { sampleSnapshot } from './sample-snapshot.ts';

const folder = temporaryFolders();
const snapshot = sampleSnapshot();
const { document, measurements } = snapshot;
const report = await dicomMeasurements.write(snapshot);
const pdf = await dicomPdf.write(snapshot);
const { dict, root } = readReport(report);
const numbers = below(root).filter(({ type }) => type === 'NUM');
const chosen = numbers.filter((item) => qualified(item, 'DCM 121404') !== undefined);

const factors: Readonly<Record<string, number>> = { 'UCUM cm': 10, 'UCUM cm2': 100 };
const codeOf = ({ name }: Pick<Measurement, 'name'>): string | undefined => {
  const code = quantityOf(name)?.code ?? ownCodes[name];
  return code ? `${code.scheme} ${code.value}` : undefined;
};

describe('the measurements of the sample study', () => {
  it('hold every coded number of the panel, exactly, with its unit and method', () => {
    const units = { mL: 'ml', '%': '%', 'mL/m²': 'ml/m2', 'L/min': 'l/min', 'L/min/m²': 'l/min/m2' };
    const methods = { 'biplane-disks': 'DCM 125207' } as Readonly<Record<string, string>>;
    const panel = measurements.measurements.filter(
      (one) => codeOf(one) !== undefined && quantityOf(one.name)?.structure !== null,
    );
    expect(panel.map(({ name }) => name)).toEqual([
      'EDV',
      'ESV',
      'SV',
      'EF',
      'CO',
      'CI',
      'EDVI',
      'ESVI',
      'Contour strain',
    ]);
    expect(chosen.map(({ name, number, unit }) => ({ name, number, unit }))).toEqual(
      panel.map((one) => ({
        name: codeOf(one),
        number: one.value,
        unit: `UCUM ${units[one.unit as keyof typeof units]}`,
      })),
    );
    expect(chosen.map((item) => qualified(item, 'SCT 370129005'))).toEqual(
      panel.map(({ method }) => methods[method]),
    );
    for (const { number, decimal } of numbers) {
      expect(String(decimal).length).toBeLessThanOrEqual(16);
      expect(Number(decimal)).toBeCloseTo(number!, 9);
    }
    expect(below(root).find(({ name }) => name === 'LN 8867-4')).toMatchObject({
      unit: 'UCUM {H.B.}/min',
      number: measurements.measurements.find(({ name }) => name === 'HR')?.value,
    });
    const surface = below(root).find(({ name }) => name === 'LN 8277-6');
    expect(surface?.number).toBe(measurements.measurements.find(({ name }) => name === 'BSA')?.value);
    expect(qualified(surface!, 'LN 8278-4')).toBe('DCM 122241');
  });

  it('hold the numbers of both planes, each included beat before their mean, by view and phase', () => {
    const planes = numbers.filter((item) => qualified(item, 'DCM 111031') !== undefined);
    const [a4c, a2c] = document.clips.map(({ sopInstanceUid }) => measurements.clips[sopInstanceUid]!);
    for (const [clip, view] of [
      [a4c!, 'SCT 399214001'],
      [a2c!, 'SCT 399232001'],
    ] as const) {
      const own = planes.filter((item) => qualified(item, 'DCM 111031') === view);
      const coded = clip.measurements.filter((one) => codeOf(one) !== undefined && one.name !== 'HR');
      const ordered = [
        ...coded.filter(({ beat }) => beat !== null),
        ...coded.filter(({ beat }) => beat === null),
      ];
      expect(ordered.length).toBeGreaterThan(20);
      expect(own.map(({ name }) => name)).toEqual(ordered.map(codeOf));
      own.forEach((item, index) => {
        const { value, beat, name } = ordered[index]!;
        expect(item.number! * (factors[item.unit] ?? 1)).toBeCloseTo(value, 9);
        expect(qualified(item, 'DCM 121401')).toBe(beat === null ? 'SCT 373098007' : undefined);
        const phase = { ED: 'SCT 416190007', ES: 'SCT 416430001' }[name.slice(-2)];
        expect(qualified(item, 'SCT 272518008')).toBe(phase);
      });
    }
  });

  it('say which model drew the contours, and hold the contours on their frames', () => {
    const edv = chosen[0]!;
    expect(qualified(edv, 'DCM 111001')).toBe('gdkvm-test');
    expect(qualified(edv, 'DCM 111003')).toBe('1.2.3');
    expect(qualified(edv, 'DCM 111002')).toContain(`sha256=${'c0ffee00'.repeat(8)}`);
    const source = measurements.measurements.find(({ name }) => name === 'EDV')!.sources;
    const contours = edv.children.filter(({ type }) => type === 'SCOORD');
    expect(contours).toHaveLength(new Set(source.map((one) => JSON.stringify(one))).size);
    contours.forEach((contour, index) => {
      const { sopInstanceUid, frame } = source[index]!;
      const [image] = contour.children;
      expect(image).toMatchObject({ image: sopInstanceUid, frame: frame + 1, relationship: 'SELECTED FROM' });
      const points = document.review.clips[sopInstanceUid]!.traces['lv-cavity']![frame]!.points;
      const { graphic } = contour;
      expect(graphic.slice(0, 2)).toEqual(graphic.slice(-2));
      // The middle of the first pixel is 0 with us, 0.5 there.
      expect(graphic[0]).toBeCloseTo(points[0]![0] + 0.5, 4);
      expect(graphic[1]).toBeCloseTo(points[0]![1] + 0.5, 4);
    });
  });

  it('say what is normal by whom, and for what they are good', () => {
    const ef = chosen.find(({ name }) => name === 'LN 18043-0')!;
    const low = ef.children.find(({ name }) => name === 'SCT 385524004');
    const high = ef.children.find(({ name }) => name === 'SCT 371933006');
    expect([low?.number, high?.number, low?.unit]).toEqual([52, 72, 'UCUM %']);
    expect(qualified(ef, 'DCM 121408')).toBe('ASE/EACVI 2015');
    expect(qualified(ef, 'DCM 121402')).toBe('SCT 17621005');
    const comments = root.children.filter(({ name }) => name === 'DCM 121106').map(({ text }) => text);
    expect(comments[0]).toBe(researchUseNotice);
  });

  it('belong to the study and patient of the clips, and refer to the clips', () => {
    const value = (tag: string) => dict[tag]?.Value[0];
    expect(value('0020000D')).toBe(document.facts.studyInstanceUid);
    expect(value('00100020')).toBe('SYSTOLA-PHANTOM-1');
    expect([value('00080023'), value('00080033'), value('00080201')]).toEqual([
      '20260203',
      '040506',
      '+0000',
    ]);
    expect([value('0040A491'), value('0040A493')]).toEqual(['PARTIAL', 'UNVERIFIED']);
    const library = root.children.find(({ name }) => name === 'DCM 111028');
    expect(library?.children.map(({ image }) => image)).toEqual(
      document.clips.map(({ sopInstanceUid }) => sopInstanceUid),
    );
  });
});

describe('the report of the sample study', () => {
  it('is the PDF that is exported alone, dated by the last revision', async () => {
    const read = readWithDcmjs(pdf).dict;
    const value = (tag: string) => read[tag]?.Value[0];
    const createdAt = new Date('2026-02-03T04:05:06.789Z');
    const alone = Buffer.from(await reportPdf.write({ ...snapshot, createdAt }));
    const length = Number(value('00420015'));
    expect(length).toBe(alone.length);
    expect(
      Buffer.from(value('00420011') as ArrayBuffer)
        .subarray(0, length)
        .equals(alone),
    ).toBe(true);
    expect([value('00080060'), value('00080064'), value('00280301')]).toEqual(['DOC', 'WSD', 'YES']);
    expect(value('00420012')).toBe('application/pdf');
    expect(value('00420010')).toContain(researchUseNotice);
    expect(read['00420013']?.Value).toHaveLength(2);
  });
});

describe.each([
  ['measurements', report, dicomMeasurements],
  ['report', pdf, dicomPdf],
] as const)('the %s', (_what, bytes, exporter) => {
  it('are the same bytes for the same state, and another instance for another', async () => {
    const later = { ...snapshot, createdAt: new Date('2027-01-01T00:00:00Z') };
    expect(Buffer.compare(bytes, await exporter.write(later))).toBe(0);
    const { facts } = document;
    const other = await exporter.write({
      ...snapshot,
      document: { ...document, facts: { ...facts, accessionNumber: 'B-43' } },
    });
    const [one, two] = [bytes, other].map((file) => readWithDcmjs(file).dict);
    expect(two?.['00080018']?.Value[0]).not.toBe(one?.['00080018']?.Value[0]);
    expect(two?.['0020000E']?.Value[0]).toBe(one?.['0020000E']?.Value[0]);
  });

  it('are read by our own reader without damage, and not taken for a clip', () => {
    const header = readHeader(new MemorySource(bytes), 'export.dcm');
    expect(header.damagedParts).toBe(0);
    expect(header.attributes.text('x00100010', 'PN')).toBe('Phantom^Systola');
    expect(header.attributes.text('x0020000d', 'UI')).toBe(document.facts.studyInstanceUid);
    expect(() => readInstance(bytes, 'export.dcm')).toThrow(/is not read/);
  });

  const path = () => {
    const file = join(folder(), 'export.dcm');
    writeFileSync(file, bytes);
    return file;
  };

  it.runIf(isInstalled('dciodvfy'))('have no error for dciodvfy', () => {
    const verdict = saidBy('dciodvfy', path());
    expect(verdict).toMatch(/^(ComprehensiveSR|EncapsulatedPDF)$/m);
    const lines = verdict.split('\n').filter((line) => /Error|Warning/.test(line));
    // The time and the number of the study are not among what is known of it; a private scheme is none that it knows.
    const expected = /DICOMDIR - Study (Time|ID)$|Unrecognized defined term <99SYSTOLA>/;
    expect(lines.filter((line) => !expected.test(line))).toEqual([]);
  });

  it.runIf(isInstalled('dcmdump'))('have no warning for dcmdump', () => {
    expect(saidBy('dcmdump', path())).not.toMatch(/^[EW]:/m);
  });
});

describe.runIf(isInstalled('dsrdump'))('dsrdump', () => {
  it('reads the measurements as a report', () => {
    const path = join(folder(), 'measurements.dcm');
    writeFileSync(path, report);
    const said = saidBy('dsrdump', path);
    expect(said.split('\n').filter((line) => /^[EW]:/.test(line) && !line.includes('ISO_IR 192'))).toEqual(
      [],
    );
    expect(said).toContain('Comprehensive SR Document');
    expect(said.match(/<contains NUM:/g)).toHaveLength(
      numbers.filter(({ relationship }) => relationship === 'CONTAINS').length,
    );
  });
});

describe.runIf(isInstalled('dcm2pdf'))('dcm2pdf', () => {
  it('gives the PDF back', async () => {
    const [from, to] = [join(folder(), 'report.dcm'), join(folder(), 'report.pdf')];
    writeFileSync(from, pdf);
    saidBy('dcm2pdf', from, to);
    const createdAt = new Date('2026-02-03T04:05:06.789Z');
    const [back, alone] = [readFileSync(to), await reportPdf.write({ ...snapshot, createdAt })];
    expect(back.subarray(0, alone.length).equals(Buffer.from(alone))).toBe(true);
    expect(back.length - alone.length).toBeLessThanOrEqual(1);
  });
});
