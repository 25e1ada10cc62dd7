import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Marks } from '../../../core/mark/mark.ts';
import { traceAt } from '../../../core/review/traces.ts';
import { tracePolyline } from '../../../core/trace/spline.ts';
import { dicomPresentation } from '../../../main/export/dicom-presentation.ts';
import type { ExportSnapshot } from '../../../main/export/exporter.ts';
import { srgbProfile } from '../../../main/dicom/write/srgb-profile.ts';
import { type ReadDataSet, readWithDcmjs } from '../../fixtures/dicom/dcmjs.ts';
import { isInstalled, saidBy } from '../../fixtures/dicom/installed.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';
import { filesOf } from './files-of.ts';
import { calibrated, contouredSnapshot, uncalibrated } from './contoured-snapshot.ts';

const folder = temporaryFolders();

const files = (...snapshots: readonly ExportSnapshot[]) => filesOf(dicomPresentation, ...snapshots);

/** The second clip in colour, as scanners store most of them. */
function inTwoKinds(change: Parameters<typeof contouredSnapshot>[0] = {}): ExportSnapshot {
  const snapshot = contouredSnapshot(change);
  return {
    ...snapshot,
    async frame(uid, frame) {
      const grey = await snapshot.frame(uid, frame);
      if (uid === calibrated.sopInstanceUid) return grey;
      return { ...grey, channels: 3, data: new Uint8Array(3 * grey.rows * grey.columns) };
    },
  };
}

const snapshot = inTwoKinds();
const written = await files(snapshot);
const [grey, colour] = written.map(({ bytes }) => readWithDcmjs(bytes).dict) as [ReadDataSet, ReadDataSet];

const all = (from: ReadDataSet | undefined, tag: string) =>
  (from?.[tag]?.Value ?? []) as readonly ReadDataSet[];
const one = (from: ReadDataSet | undefined, tag: string): unknown => from?.[tag]?.Value[0];

describe('presentation states', () => {
  it('are one for grey clips and one for those in colour, in one series', () => {
    expect(written.map(({ path }) => path)).toEqual([
      expect.stringMatching(/^systola-presentation-grey-2026-01-02-[0-9a-f]{10}\.dcm$/),
      expect.stringMatching(/^systola-presentation-colour-2026-01-02-[0-9a-f]{10}\.dcm$/),
    ]);
    expect([grey, colour].map((dict) => one(dict, '00080016'))).toEqual([
      '1.2.840.10008.5.1.4.1.1.11.1',
      '1.2.840.10008.5.1.4.1.1.11.2',
    ]);
    expect(one(grey, '0020000E')).toBe(one(colour, '0020000E'));
    expect(one(grey, '00200013')).not.toBe(one(colour, '00200013'));
    expect(one(grey, '00080060')).toBe('PR');
  });

  it.each([
    [grey, calibrated, ['lv-cavity', 'lv-wall', 'left-atrium'], ['LV', 'LV_WALL', 'LA']],
    [colour, uncalibrated, ['lv-cavity'], ['LV']],
  ] as const)('have every contour on its frame and layer', (dict, clip, structures, layers) => {
    const items = all(dict, '00700001');
    expect(items).toHaveLength(structures.length * clip.frames);
    const seen = new Set<string>();
    for (const item of items) {
      const [reference] = all(item, '00081140');
      expect(one(reference, '00081155')).toBe(clip.sopInstanceUid);
      const frame = Number(one(reference, '00081160')) - 1;
      const structure = structures[layers.indexOf(String(one(item, '00700002')) as never)]!;
      seen.add(`${structure} ${frame}`);
      const [object] = all(item, '00700009');
      expect(['00700005', '00700023', '00700024'].map((tag) => one(object, tag))).toEqual([
        'PIXEL',
        'POLYLINE',
        'N',
      ]);
      const graphic = object!['00700022']!.Value as readonly number[];
      expect(one(object, '00700021')).toBe(graphic.length / 2);
      expect(graphic.slice(-2)).toEqual(graphic.slice(0, 2));
      const curve = tracePolyline(
        traceAt(snapshot.document.review.clips[clip.sopInstanceUid], structure, frame)!,
      );
      curve.forEach(([x, y], index) => {
        expect(Math.abs(graphic[2 * index]! - 0.5 - x)).toBeLessThan(1e-4);
        expect(Math.abs(graphic[2 * index + 1]! - 0.5 - y)).toBeLessThan(1e-4);
      });
    }
    expect(seen.size).toBe(items.length);
    expect(all(dict, '00700060').map((layer) => one(layer, '00700002'))).toEqual(layers);
  });

  it('have distances and notes on a layer of their own, also of a study without contours', async () => {
    const { review, ...document } = snapshot.document;
    const own = review.clips[calibrated.sopInstanceUid]!;
    const marks: Marks = {
      '00000000000a': { kind: 'caliper', frame: 4, from: [100, 200], to: [150, 200] },
      '00000000000b': { kind: 'note', frame: 7, at: [30, 40], text: 'Thrombus? \\ für' },
    };
    const marked = (changes: Partial<typeof own>) => ({
      ...snapshot,
      document: {
        ...document,
        review: {
          ...review,
          clips: { [calibrated.sopInstanceUid]: { ...own, marks, ...changes } },
        },
      },
    });
    const [beside] = await files(marked({}));
    const [alone] = await files(marked({ traces: {} }));
    for (const [object, contours] of [
      [beside!, 3 * calibrated.frames],
      [alone!, 0],
    ] as const) {
      const { dict } = readWithDcmjs(object.bytes);
      const items = all(dict, '00700001').slice(contours);
      expect(items.map((item) => one(item, '00700002'))).toEqual(['MARKS', 'MARKS']);
      expect(items.map((item) => one(all(item, '00081140')[0], '00081160'))).toEqual([5, 8]);
      const [line] = all(items[0], '00700009');
      expect(line!['00700022']!.Value).toEqual([100.5, 200.5, 150.5, 200.5]);
      const texts = items.map((item) => all(item, '00700008')[0]);
      // dcmjs takes text within sequences for Latin-1, whatever the file says.
      const words = texts.map((text) => Buffer.from(String(one(text, '00700006')), 'latin1').toString());
      expect(words).toEqual(['20.0 mm', 'Thrombus? für']);
      expect(texts.map((text) => text!['00700014']!.Value)).toEqual([
        [150.5, 200.5],
        [30.5, 40.5],
      ]);
      const layers = all(dict, '00700060');
      expect(one(layers.at(-1), '00700002')).toBe('MARKS');
      expect(Number(one(layers.at(-1), '00700062'))).toBe(layers.length);
      if (!isInstalled('dciodvfy')) continue;
      const path = join(folder(), 'marks.dcm');
      writeFileSync(path, object.bytes);
      const lines = saidBy('dciodvfy', path).split('\n');
      expect(lines.filter((said) => said.startsWith('Error'))).toEqual([]);
    }
  });

  it('show the whole of each picture, and refer to it by its series', () => {
    for (const [dict, clip] of [
      [grey, calibrated],
      [colour, uncalibrated],
    ] as const) {
      const [area] = all(dict, '0070005A');
      expect(area!['00700052']!.Value).toEqual([1, 1]);
      expect(area!['00700053']!.Value).toEqual([clip.columns, clip.rows]);
      const [series] = all(dict, '00081115');
      expect(one(series, '0020000E')).toBe(clip.seriesInstanceUid);
      expect(one(all(series, '00081140')[0], '00081155')).toBe(clip.sopInstanceUid);
    }
  });

  it('have what their kind has to have', () => {
    expect(one(grey, '20500020')).toBe('IDENTITY');
    expect(grey['00282000']).toBeUndefined();
    expect(colour['20500020']).toBeUndefined();
    expect(Buffer.from(one(colour, '00282000') as ArrayBuffer).equals(srgbProfile())).toBe(true);
    // Cyan: light, towards green and blue.
    const [lightness, a, b] = all(colour, '00700060')[0]!['00700401']!.Value as readonly number[];
    expect([lightness! > 0.7 * 65535, a! < 0x8080, b! < 0x8080]).toEqual([true, true, true]);
  });

  it('have the same bytes for the same state, and are refused of a rejected study', async () => {
    const again = await files({ ...inTwoKinds(), createdAt: new Date('2027-01-01T00:00:00Z') });
    again.forEach(({ bytes }, index) => expect(Buffer.compare(bytes, written[index]!.bytes)).toBe(0));
    const decision = { state: 'rejected', at: '2026-02-03T08:00:00.000Z', by: 'Dr. Reader' } as const;
    await expect(files(inTwoKinds({ decision }))).rejects.toMatchObject({ code: 'not-writable' });
  });

  it('are one object where all clips are of one kind', async () => {
    const alone = await files(contouredSnapshot());
    expect(alone.map(({ path }) => path.includes('grey'))).toEqual([true]);
  });

  it('name who accepted the study', async () => {
    const decision = { state: 'accepted', at: '2026-02-03T08:00:00.000Z', by: 'Dr. Reader' } as const;
    const [accepted] = await files(inTwoKinds({ decision }));
    expect(one(readWithDcmjs(accepted!.bytes).dict, '00700084')).toEqual({ Alphabetic: 'Dr. Reader^' });
  });
});

describe.each([
  ['grey', written[0]!, 'GrayscaleSoftcopyPresentationState'],
  ['colour', written[1]!, 'ColorSoftcopyPresentationState'],
] as const)('other programs on the %s one', (_kind, { bytes }, name) => {
  const path = (): string => {
    const file = join(folder(), 'state.dcm');
    writeFileSync(file, bytes);
    return file;
  };

  it.runIf(isInstalled('dciodvfy'))('dciodvfy finds no error', () => {
    const lines = saidBy('dciodvfy', path()).split('\n');
    expect(lines).toContain(name);
    const expected =
      /DICOMDIR - Study (Time|ID)$|only permitted to be empty when actually unknown.*<Laterality>/;
    expect(lines.filter((line) => /Error|Warning/.test(line) && !expected.test(line))).toEqual([]);
  });

  it.runIf(isInstalled('dcmpschk'))('dcmpschk passes it, dcmdump reads it', () => {
    const file = path();
    expect(saidBy('dcmpschk', file)).toContain('Test passed');
    expect(saidBy('dcmdump', file)).not.toMatch(/^[EW]:/m);
  });
});
