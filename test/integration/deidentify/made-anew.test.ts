import { describe, expect, it } from 'vitest';
import { policyOf } from '../../../core/deidentify/policy.ts';
import { type PresetName, presetNames } from '../../../core/deidentify/preset.ts';
import { MemorySource } from '../../../main/dicom/byte-source.ts';
import { readInstance } from '../../../main/dicom/instance.ts';
import { readReport } from '../../../main/dicom/structured-report/report.ts';
import { ProjectKey } from '../../../main/deidentify/project-key.ts';
import { pseudonymisedSnapshot } from '../../../main/deidentify/pseudonymised-snapshot.ts';
import type { ExportSnapshot } from '../../../main/export/exporter.ts';
import { exporterOf } from '../../../main/export/exporters.ts';
import { filesOf } from '../../../main/export/files-of.ts';
import { deidentified, keyOf, wholePicture } from '../../fixtures/deidentify/deidentified.ts';
import { buildDicom } from '../../fixtures/dicom/build.ts';
import { type ReadDataSet, readWithDcmjs } from '../../fixtures/dicom/dcmjs.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';
import { dataSetSnapshot, heart } from '../export/data-set-snapshots.ts';

const folder = temporaryFolders();
const key = new ProjectKey(keyOf(7));

const study = (): ExportSnapshot =>
  dataSetSnapshot({ studyInstanceUid: '1.2.3', clips: [{ sopInstanceUid: '1.2.3.1' }] });

const without = (preset: PresetName, snapshot: ExportSnapshot): ExportSnapshot =>
  pseudonymisedSnapshot(snapshot, {
    ...{ key, preset, policy: policyOf(preset), names: [] },
    ...{ maskOf: () => wholePicture, fileOf: () => null },
  });

async function objectsOf(format: string, snapshot: ExportSnapshot): Promise<Uint8Array[]> {
  const found: Uint8Array[] = [];
  for await (const file of filesOf(exporterOf(format), snapshot, new AbortController().signal)) {
    if (!('bytes' in file)) throw new Error(`${format} copies ${file.path}.`);
    found.push(file.bytes);
  }
  return found;
}

const values = (dict: ReadDataSet, tag: string) => dict[tag]?.Value ?? [];
const codesOf = (dict: ReadDataSet): unknown[] =>
  values(dict, '00120064').map((item) => (item as ReadDataSet)['00080100']?.Value[0]);

const formats = [
  'dicom-measurements',
  'dicom-contours',
  'dicom-simplified-measurements',
  'dicom-presentation',
  'dicom-segmentation',
  'dicom-contour-clip',
  'dicom-pdf',
] as const;

describe('objects that are made anew without the patient', () => {
  for (const preset of presetNames) {
    it(`say so, by what, and what became of dates, as clips do (${preset})`, async () => {
      const clip = readWithDcmjs((await deidentified(folder(), buildDicom(), { preset })).bytes).dict;
      expect(codesOf(clip)).toContain('113100');
      for (const format of formats) {
        const objects = await objectsOf(format, without(preset, study()));
        expect(objects.length, format).toBeGreaterThan(0);
        for (const bytes of objects) {
          const { dict } = readWithDcmjs(bytes);
          expect([format, values(dict, '00120062')]).toEqual([format, ['YES']]);
          expect([format, values(dict, '00280303')]).toEqual([format, values(clip, '00280303')]);
          expect(values(dict, '00120063')).toContain(`preset ${preset}`);
          // All that a clip says of names, and of pictures only those that have some.
          const isPicture = format === 'dicom-contour-clip';
          const expected = [
            ...codesOf(clip).filter((code) => isPicture || code !== '113101'),
            /measurements|contours$|pdf/.test(format) ? '113104' : '113103',
          ].sort();
          expect([format, codesOf(dict)]).toEqual([format, expected]);
          expect(values(dict, '00280301')).toEqual(
            isPicture ? ['NO'] : format === 'dicom-pdf' ? ['YES'] : [],
          );
        }
      }
    });
  }

  it('say nothing of it where the patient stays', async () => {
    for (const format of formats) {
      for (const bytes of await objectsOf(format, study())) {
        const { dict } = readWithDcmjs(bytes);
        const tags = ['00120062', '00120063', '00120064', '00280303'];
        expect([format, tags.filter((tag) => tag in dict)]).toEqual([format, []]);
      }
    }
  });

  it('are read back as those with their patient are', async () => {
    for (const format of ['dicom-measurements', 'dicom-contours']) {
      const read = async (snapshot: ExportSnapshot) => {
        const [bytes] = await objectsOf(format, snapshot);
        return readReport(new MemorySource(bytes!), 'report.dcm');
      };
      const [left, stayed] = [await read(without('internal', study())), await read(study())];
      expect(left.document.numbers).toEqual(stayed.document.numbers);
      expect(left.document.contours?.kind).toBe(stayed.document.contours?.kind);
    }
  });
});

describe('stages whose names are somebody’s', () => {
  const staff = { people: ['Nightingale^Florence'], numbers: ['Saint Elsewhere'] };
  const stressStudy = (names: readonly [string, string], number: number | null = null): ExportSnapshot =>
    dataSetSnapshot({
      studyInstanceUid: '1.2.3',
      clips: names.flatMap((name, stage) =>
        (['a4c', 'a2c'] as const).map((code) => ({
          sopInstanceUid: `1.2.3.${stage}.${code === 'a4c' ? 4 : 2}`,
          view: { code, source: 'file' as const },
          facts: { stage: { name, number }, viewName: stage === 0 ? 'for Nightingale' : 'plain' },
          ...(stage === 0 ? {} : { traces: heart(2, 0.7) }),
        })),
      ),
    });
  const numbersOf = ({ measurements }: ExportSnapshot) => ({
    study: measurements.measurements.map(({ name, method, view, value }) => [name, method, view, value]),
    stages: measurements.stages.length,
  });

  for (const number of [null, 3]) {
    it(`have stand-ins that tell them apart as before, and the resting one (number ${number})`, () => {
      // The stage of stress stands first, so that the first one is the wrong one.
      const original = stressStudy(['Peak Nightingale', 'Ruhe (Nightingale)'], number);
      expect(original.measurements.measurements.length).toBeGreaterThan(0);
      const left = pseudonymisedSnapshot(original, {
        ...{ key, preset: 'sharing', policy: policyOf('sharing'), names: [staff] },
        ...{ maskOf: () => wholePicture, fileOf: () => null },
      });
      expect(numbersOf(left)).toEqual(numbersOf(original));
      expect(left.measurements.stages).toHaveLength(2);
      const told = JSON.stringify([left.document, left.measurements]);
      expect(told).not.toMatch(/nightingale/i);
      expect(left.document.clips.map(({ stage }) => stage?.name)).toEqual(
        [/^STRESS \d{6}$/, /^STRESS/, /^REST \d{6}$/, /^REST/].map((name) => expect.stringMatching(name)),
      );
      expect(left.document.clips.map(({ viewName }) => viewName)).toEqual([null, null, 'plain', 'plain']);
    });
  }

  it('have the same stand-ins in the files of clips, also in one that does not name whose name it is', async () => {
    const stage = { tag: '00082120', vr: 'SH', value: 'Ruhe Nightingale' };
    const file = buildDicom({ elements: [stage] });
    const { bytes } = await deidentified(folder(), file, { others: [staff] });
    const read = readInstance(bytes, 'clip.dcm');
    expect(read.clip.stage?.name).toMatch(/^REST \d{6}$/);
    const unsaid = readInstance((await deidentified(folder(), file)).bytes, 'clip.dcm');
    expect(unsaid.clip.stage?.name).toBe('Ruhe Nightingale');
    const unread = readInstance((await deidentified(folder(), file, { others: null })).bytes, 'clip.dcm');
    expect(unread.clip.stage).toEqual(read.clip.stage);
    const own = buildDicom({ elements: [stage, { tag: '00081070', vr: 'PN', value: 'Nightingale^F' }] });
    const named = readInstance((await deidentified(folder(), own)).bytes, 'clip.dcm');
    expect(named.clip.stage).toEqual(read.clip.stage);
  });

  it('keep no word at all where a file cannot be read, and no word for rest that is the patient’s name', () => {
    const original = stressStudy(['Peak', 'Rest']);
    const left = pseudonymisedSnapshot(original, {
      ...{ key, preset: 'sharing', policy: policyOf('sharing'), names: null },
      ...{ maskOf: () => wholePicture, fileOf: () => null },
    });
    expect(numbersOf(left)).toEqual(numbersOf(original));
    expect(left.document.clips.map(({ viewName }) => viewName)).toEqual([null, null, null, null]);
    const ofMrsRest = pseudonymisedSnapshot(original, {
      ...{
        key,
        preset: 'sharing',
        policy: policyOf('sharing'),
        names: [{ people: ['Rest^Ann'], numbers: [] }],
      },
      ...{ maskOf: () => wholePicture, fileOf: () => null },
    });
    expect(ofMrsRest.document.clips.at(-1)?.stage?.name).toMatch(/^BASELINE \d{6}$/);
    expect(numbersOf(ofMrsRest)).toEqual(numbersOf(original));
  });
});
