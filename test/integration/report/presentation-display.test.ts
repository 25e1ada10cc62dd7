import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { greyDisplay, plainDisplay } from '../../../main/dicom/grey-display.ts';
import { readInstance } from '../../../main/dicom/instance.ts';
import { dicomPresentation } from '../../../main/export/dicom-presentation.ts';
import type { ExportSnapshot } from '../../../main/export/exporter.ts';
import { buildDicom, type DicomOptions } from '../../fixtures/dicom/build.ts';
import { type ReadDataSet, readWithDcmjs } from '../../fixtures/dicom/dcmjs.ts';
import { decodeAll, largestDifference } from '../../fixtures/dicom/decode-built.ts';
import { isInstalled, saidBy } from '../../fixtures/dicom/installed.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';
import { dataSetSnapshot, heart } from '../export/data-set-snapshots.ts';
import { filesOf } from './files-of.ts';

const folder = temporaryFolders();
const [rows, columns] = [560, 500];
const number = (tag: string, value: string) => ({ tag, vr: 'DS', value });

/** A ramp over twelve bits, so that every window shows another part of it. */
const file = (
  options: DicomOptions,
  center: string,
  width: string,
  intercept = '0',
  slope = '1',
): Uint8Array =>
  buildDicom({
    ...{ rows, columns, frames: 2, sopInstanceUid: '1.2.3.1', studyInstanceUid: '1.2.3' },
    ...{ bitsAllocated: 16, bitsStored: 12 },
    pixels: () => Array.from({ length: rows * columns }, (_, index) => index % 4096),
    ...options,
    elements: [
      number('00281050', center),
      number('00281051', width),
      ...(intercept === '0' && slope === '1'
        ? []
        : [number('00281052', intercept), number('00281053', slope)]),
    ],
  });

const files = {
  'a window': file({}, '1000', '1500'),
  'a window after rescaling': file({}, '300', '900', '-200.5', '0.5'),
  'low values light': file({ photometric: 'MONOCHROME1' }, '1800', '2500'),
} as const;

/** A study of the files, each a clip with a contour on its first frame. */
function studyOf(given: readonly Uint8Array[]): ExportSnapshot {
  const uid = (index: number) => `1.2.3.${index + 1}`;
  const snapshot = dataSetSnapshot({
    studyInstanceUid: '1.2.3',
    clips: given.map((_, index) => ({
      sopInstanceUid: uid(index),
      traces: { 'lv-cavity': { 0: heart()['lv-cavity'][0]! } },
      facts: { frames: 2, sopClassUid: '1.2.840.10008.5.1.4.1.1.3.1' },
    })),
  });
  const displays = given.map((bytes) => greyDisplay(readInstance(bytes, 'clip.dcm').pixels));
  return {
    ...snapshot,
    frame: async () => ({ rows, columns, channels: 1, data: new Uint8Array(rows * columns) }),
    greyDisplay: async (of) => displays[Number(of.split('.').at(-1)) - 1]!,
  };
}

const items = (dict: ReadDataSet, tag: string) => (dict[tag]?.Value ?? []) as readonly ReadDataSet[];
const numbers = (dict: ReadDataSet | undefined, tag: string) => dict?.[tag]?.Value.map(Number);

describe('the presentation state of a grey clip', () => {
  it('has the window of each clip, and says nothing where all of the range is shown', async () => {
    const whole = buildDicom({
      rows,
      columns,
      frames: 2,
      elements: [number('00281050', '128'), number('00281051', '256')],
    });
    const snapshot = studyOf([files['a window'], whole, file({}, '2000', '400')]);
    const written = await filesOf(dicomPresentation, snapshot);
    expect(written).toHaveLength(1);
    const { dict } = readWithDcmjs(written[0]!.bytes);
    const windows = items(dict, '00283110').map((window) => [
      items(window, '00081140')[0]?.['00081155']?.Value[0],
      ...[numbers(window, '00281050'), numbers(window, '00281051')].flat(),
    ]);
    expect(windows).toEqual([
      ['1.2.3.1', 1000, 1500],
      ['1.2.3.3', 2000, 400],
    ]);
    expect(dict['20500020']?.Value).toEqual(['IDENTITY']);
    expect(dict['00281053']).toBeUndefined();
    expect(greyDisplay(readInstance(whole, 'clip.dcm').pixels)).toEqual(plainDisplay);
  });

  it('is one for each way of rescaling and of light, in one series', async () => {
    const all = Object.values(files);
    const written = await filesOf(dicomPresentation, studyOf([...all, files['a window']]));
    expect(written.map(({ path }) => path.replace(/-\d{4}-.*|-undated.*/, ''))).toEqual([
      expect.stringMatching(/presentation-grey$/),
      expect.stringMatching(/presentation-grey-2$/),
      expect.stringMatching(/presentation-grey-3$/),
    ]);
    const dicts = written.map(({ bytes }) => readWithDcmjs(bytes).dict);
    expect(dicts.map((dict) => items(dict, '0070005A').length)).toEqual([2, 1, 1]);
    expect(dicts.map((dict) => dict['20500020']?.Value[0])).toEqual(['IDENTITY', 'IDENTITY', 'INVERSE']);
    expect(dicts.map((dict) => [numbers(dict, '00281052'), numbers(dict, '00281053')].flat())).toEqual([
      [undefined, undefined],
      [-200.5, 0.5],
      [undefined, undefined],
    ]);
    expect(new Set(dicts.map((dict) => dict['0020000E']?.Value[0])).size).toBe(1);
    expect(new Set(dicts.map((dict) => dict['00200013']?.Value[0])).size).toBe(3);
  });

  it.runIf(['dcmp2pgm', 'dcmpschk', 'dciodvfy'].every(isInstalled)).each(Object.entries(files))(
    'makes dcmtk show a picture with %s as we show it',
    async (_, bytes) => {
      const at = folder();
      const path = (name: string) => join(at, name);
      writeFileSync(path('clip.dcm'), bytes);
      const [state] = await filesOf(dicomPresentation, studyOf([bytes]));
      writeFileSync(path('state.dcm'), state!.bytes);
      expect(saidBy('dcmpschk', path('state.dcm'))).toContain('Test passed');
      expect(saidBy('dciodvfy', path('state.dcm'))).not.toMatch(/^Error/m);
      saidBy('dcmp2pgm', '-p', path('state.dcm'), path('clip.dcm'), path('shown.pgm'));
      const pgm = readFileSync(path('shown.pgm'));
      const shown = pgm.subarray(pgm.length - rows * columns);
      const [ours] = await decodeAll(bytes);
      expect(new Set(ours!.data).size).toBeGreaterThan(100);
      // It rounds down.
      expect(largestDifference(shown, ours!.data)).toBeLessThanOrEqual(1);
    },
  );
});
