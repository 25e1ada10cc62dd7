import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { signedResult } from '../../../core/assessment/signed-result.ts';
import { measureStudy } from '../../../core/assessment/measure-study.ts';
import type { ClipFacts } from '../../../core/clip/clip.ts';
import { policyOf } from '../../../core/deidentify/policy.ts';
import { type PresetName, presetNames } from '../../../core/deidentify/preset.ts';
import type { Marks } from '../../../core/mark/mark.ts';
import { readInstance } from '../../../main/dicom/instance.ts';
import { ProjectKey } from '../../../main/deidentify/project-key.ts';
import { pseudonymisedSnapshot } from '../../../main/deidentify/pseudonymised-snapshot.ts';
import type { ExportSnapshot } from '../../../main/export/exporter.ts';
import type { Exporter } from '../../../main/export/exporter.ts';
import { isFolderExporter } from '../../../main/export/any-exporter.ts';
import { filesOf } from '../../../main/export/files-of.ts';
import { exporters } from '../../../main/export/exporters.ts';
import { defaultTemplate } from '../../../main/report/template.ts';
import { dateForms, foundIn } from '../../fixtures/deidentify/byte-search.ts';
import { deidentified, keyOf, wholePicture } from '../../fixtures/deidentify/deidentified.ts';
import { readWithDcmjs } from '../../fixtures/dicom/dcmjs.ts';
import { pdfText, readsPdf } from '../../fixtures/read-pdf.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';
import { sampleSnapshot } from '../report/sample-snapshot.ts';

const folder = temporaryFolders();
const key = new ProjectKey(keyOf(7));
const sample = join(import.meta.dirname, '../../../assets/sample-study');

/** Made once: its pictures take seconds. */
const untouched = sampleSnapshot();
const secrets = [
  'Quibble',
  'Zanzibar',
  'HN-4711-77',
  'ACC-90210',
  'Dr. Reader',
  'Nightingale',
  'holiday.dcm',
  'Saint Elsewhere',
  'Ziegenhals',
  'Sonnenblum',
  'Obadiah',
  'Wagtail',
  'Dovecote',
  'feedface'.repeat(8),
];

/** One note names the patient, one somebody whom the file does not know. */
const marks: Marks = {
  '00000000000a': { kind: 'note', frame: 0, at: [20, 30], text: 'thrombus of Quibble' },
  '00000000000b': { kind: 'note', frame: 3, at: [20, 30], text: 'ask Obadiah' },
  '00000000000c': { kind: 'caliper', frame: 0, from: [100, 100], to: [150, 100], words: 'Obadiah Wagtail' },
  '00000000000d': { kind: 'caliper', frame: 0, from: [100, 90], to: [150, 90], name: 'LVIDd' },
};

/** The sample study with a patient, readers and words that are looked for afterwards. */
function revealing(): ExportSnapshot {
  const { document } = untouched;
  const patient = {
    patientId: 'HN-4711-77',
    issuerOfPatientId: 'Nightingale',
    name: { alphabetic: 'Quibble-Ziegénhals^Zanzibar', ideographic: '山田^太郎', phonetic: '' },
    birthDate: '1948-11-27',
    sex: 'female',
  } as const;
  const changed: ExportSnapshot['document'] = {
    ...document,
    facts: {
      ...document.facts,
      patient,
      studyDate: '2023-05-19',
      description: 'Echo of Quibble',
      accessionNumber: 'ACC-90210',
      heightCm: 170,
      weightKg: 70,
      request: {
        referrer: { alphabetic: 'Wagtail^Ada', ideographic: '', phonetic: '' },
        indication: 'Murmur of Quibble, seen by Wagtail',
      },
    },
    clips: document.clips.map((clip, index) => ({
      ...clip,
      fileName: 'holiday.dcm',
      viewName: index === 0 ? 'Zanzibar' : 'seen by Sonnenblum',
      stage: { name: 'Rest of ZIEGENHALS', number: 1 },
      notReadAgain: 'holiday.dcm of Quibble cannot be read',
      acquiredAt: '2023-05-19T10:15:00',
    })),
    review: {
      ...document.review,
      texts: {
        conclusion: { text: 'Quibble of Dovecote is well.', numbers: [] },
        referrer: { text: 'Wagtail' },
        indication: { text: 'Dovecote' },
        rhythm: { text: 'as Zanzibar said' },
        quality: { text: 'poor, says Wagtail' },
      },
      body: {
        sex: { value: 'female', source: 'file' },
        heightCm: { value: 170, source: 'file' },
        weightKg: { value: 70, source: 'file' },
        heartRateBpm: null,
      },
      decision: {
        state: 'accepted',
        at: '2023-05-19T12:00:00.000Z',
        by: 'Dr. Reader',
        reason: 'for Quibble',
        signed: {
          ...signedResult(
            { version: 1, replaces: null, head: 1, software: '0', organisation: 'Saint Elsewhere' },
            document.review,
            untouched.measurements,
            untouched.settings,
          ),
          report: { language: 'en-GB', texts: { conclusion: 'Quibble of Dovecote', referrer: 'Wagtail' } },
        },
      },
      readings: ['1.2.826.77.4711'],
      clips: Object.fromEntries(
        Object.entries(document.review.clips).map(([uid, clip]) => [
          uid,
          { ...clip, marks, run: clip.run && { ...clip.run, fileSha256: 'feedface'.repeat(8) } },
        ]),
      ),
    },
    history: document.history.map((entry) => ({
      ...entry,
      at: '2023-05-19T12:00:00.000Z',
      label: 'drew Quibble',
      author: 'Dr. Reader',
      slots: ['decision' as const],
      clips: document.clips.map(({ sopInstanceUid }) => ({ sopInstanceUid, slots: [], traces: [] })),
      signature: {
        ...{ state: 'accepted' as const, at: '2023-05-19T12:00:00.000Z', by: 'Dr. Reader' },
        ...{ reason: 'for Quibble', version: 1, replaces: null, hasNumbers: false },
      },
    })),
    runs: [],
  };
  const settings = {
    ...untouched.settings,
    reader: 'Dr. Reader',
    organisation: 'Saint Elsewhere',
    siteAddress: 'Dovecote 1, Zanzibar',
    reportTemplate: 'Dovecote.json',
    exportFolder: '/home/Nightingale',
  };
  const template = { ...defaultTemplate, site: ['Dovecote'], closing: ['Call Nightingale'] };
  return {
    ...untouched,
    arrangement: () => Promise.resolve({ template, logo: null }),
    document: changed,
    settings,
    measurements: measureStudy(changed.facts, changed.clips, changed.review, settings),
  };
}

const pseudonymised = (preset: PresetName, snapshot = revealing()): ExportSnapshot =>
  pseudonymisedSnapshot(snapshot, {
    key,
    ...{ preset, names: [{ people: ['Sonnenblum^Arno'], numbers: [] }] },
    policy: policyOf(preset),
    maskOf: () => wholePicture,
    fileOf: () => null,
  });

const ejection = ({ measurements }: ExportSnapshot['measurements']) =>
  measurements
    .filter(({ name }) => ['EF', 'EDV', 'ESV'].includes(name))
    .map(({ name, value }) => [name, value]);

const ofOneFile = () => exporters().filter((exporter): exporter is Exporter => !isFolderExporter(exporter));

describe('what is exported of a study without its patient', () => {
  const original = revealing();
  const uids = [
    original.document.facts.studyInstanceUid,
    ...original.document.clips.flatMap(({ sopInstanceUid, seriesInstanceUid }) => [
      sopInstanceUid,
      seriesInstanceUid,
    ]),
  ];
  const dates = ['19481127', '20230519'].flatMap(dateForms);

  for (const preset of presetNames) {
    it(`names nobody in any format, and has the numbers of the study (${preset})`, async () => {
      const snapshot = pseudonymised(preset);
      expect(ejection(snapshot.measurements)).toEqual(ejection(original.measurements));
      expect(ejection(snapshot.measurements).map(([name]) => name)).toContain('EF');
      for (const exporter of ofOneFile()) {
        const bytes = await exporter.write(snapshot);
        expect([exporter.id, foundIn(bytes, [...secrets, ...dates])]).toEqual([exporter.id, []]);
        expect([exporter.id, foundIn(bytes, uids).length]).toEqual([
          exporter.id,
          preset === 'internal' ? expect.any(Number) : 0,
        ]);
      }
      const before = await ofOneFile()
        .find(({ id }) => id === 'json')!
        .write(original);
      expect(foundIn(before, uids).length).toBeGreaterThan(2);
    });
  }

  it('names nobody in the folders of data sets and objects, their names and what is packed in them', async () => {
    const snapshot = pseudonymised('sharing');
    const folders = exporters().filter(
      (exporter) => isFolderExporter(exporter) && !['dicom-medium', 'clips'].includes(exporter.id),
    );
    for (const exporter of folders) {
      let files = 0;
      for await (const file of filesOf(exporter, snapshot, new AbortController().signal)) {
        if (!('bytes' in file)) throw new Error(`${exporter.id} copies ${file.path}.`);
        files += 1;
        const bytes = file.path.endsWith('.gz') ? gunzipSync(file.bytes) : file.bytes;
        const all = Buffer.concat([Buffer.from(file.path), bytes]);
        expect([exporter.id, file.path, foundIn(all, [...secrets, ...dates, ...uids])]).toEqual([
          exporter.id,
          file.path,
          [],
        ]);
      }
      expect([exporter.id, files]).toEqual([exporter.id, expect.any(Number)]);
      expect(files, exporter.id).toBeGreaterThan(0);
    }
    expect(folders.length).toBeGreaterThan(5);
  });

  it('has the pictures of those clips that somebody looked at, and leaves out the others alone', async () => {
    const [a4c] = original.document.clips;
    const snapshot = pseudonymisedSnapshot(revealing(), {
      ...{ key, preset: 'sharing' as const, names: [], policy: policyOf('sharing'), fileOf: () => null },
      maskOf: (uid) => (uid === a4c!.sopInstanceUid ? wholePicture : null),
    });
    const pathsOf = async (id: string, of = snapshot): Promise<string[]> => {
      const exporter = exporters().find((one) => one.id === id)!;
      const paths: string[] = [];
      for await (const { path } of filesOf(exporter, of, new AbortController().signal)) paths.push(path);
      return paths;
    };
    expect(await pathsOf('dicom-contour-clip')).toHaveLength(1);
    expect((await pathsOf('echonet')).filter((path) => path.endsWith('.avi'))).toHaveLength(1);
    const nifti = await pathsOf('nifti');
    expect(nifti.some((path) => path.includes('_4CH'))).toBe(true);
    expect(nifti.some((path) => path.includes('_2CH'))).toBe(false);
    const none = pseudonymisedSnapshot(revealing(), {
      ...{
        key,
        preset: 'sharing' as const,
        names: [],
        policy: policyOf('sharing'),
        fileOf: () => null,
        maskOf: () => null,
      },
    });
    for (const id of ['dicom-contour-clip', 'echonet', 'echonet-112', 'nifti', 'nnunet', 'monai']) {
      await expect(pathsOf(id, none)).rejects.toMatchObject({ code: 'bad-request' });
    }
  });

  it.runIf(readsPdf)('is a report whose words name nobody', async () => {
    const report = ofOneFile()[0]!;
    const said = pdfText(await report.write(pseudonymised('sharing')));
    expect(foundIn(Buffer.from(said), [...secrets, ...dates, '2023', '1948', ...uids])).toEqual([]);
    expect(said).toContain('S-');
    const told = pdfText(await report.write(original));
    expect(foundIn(Buffer.from(told), ['Quibble', 'HN-4711-77'])).toEqual(['Quibble', 'HN-4711-77']);
  });

  it('shows pictures only inside of their masks', async () => {
    const half = {
      areas: [
        [
          [-1, -1],
          [200, -1],
          [200, 9000],
          [-1, 9000],
        ] as const,
      ],
    };
    const snapshot = pseudonymisedSnapshot(
      {
        ...revealing(),
        frame: async () => ({ rows: 4, columns: 400, channels: 1, data: new Uint8Array(1600).fill(9) }),
      },
      {
        key,
        ...{ preset: 'sharing' as const, names: [] },
        policy: policyOf('sharing'),
        maskOf: (uid) => (uid === uids[1] ? half : null),
        fileOf: () => null,
      },
    );
    const [first, second] = snapshot.document.clips.map(({ sopInstanceUid }) => sopInstanceUid);
    const { data } = await snapshot.frame(first!, 0);
    expect(data.subarray(0, 200).every((sample) => sample === 9)).toBe(true);
    expect(data.subarray(201, 400).every((sample) => sample === 0)).toBe(true);
    await expect(snapshot.frame(second!, 0)).rejects.toMatchObject({ code: 'bad-request' });
    await expect(snapshot.frame(uids[1]!, 0)).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('the sample study, de-identified and read again', () => {
  /** What a change of encoding may change, and the name of the file. */
  const compared = (clip: ClipFacts): ClipFacts => ({
    ...clip,
    transferSyntaxUid: '',
    lossy: false,
    fileName: '',
  });

  for (const preset of presetNames) {
    it(`has the facts of the snapshot, and with its contours the numbers of the original (${preset})`, async () => {
      const snapshot = pseudonymised(preset, untouched);
      const read = await Promise.all(
        ['a4c', 'a2c'].map(async (view) => {
          const file = readFileSync(join(sample, `${view}.dcm`));
          const { bytes } = await deidentified(folder(), file, { preset });
          return readInstance(bytes, 'clip.dcm');
        }),
      );
      const clips = read.map(({ clip }) => clip);
      expect(clips.map(compared)).toEqual(snapshot.document.clips.map(compared));
      expect(read[0]!.study).toEqual({ ...snapshot.document.facts, description: null });
      expect(read[1]!.study).toEqual(read[0]!.study);
      const measured = measureStudy(read[0]!.study, clips, snapshot.document.review, snapshot.settings);
      expect(ejection(measured)).toEqual(ejection(untouched.measurements));
    });
  }

  it('is referred to by its new UIDs in the report that is made from it', async () => {
    const report = ofOneFile().find(({ id }) => id.includes('sr') || id.includes('measurements'))!;
    const bytes = await report.write(pseudonymised('sharing', untouched));
    const { clip } = await deidentified(folder(), readFileSync(join(sample, 'a4c.dcm')));
    expect(foundIn(bytes, [clip.sopInstanceUid, clip.studyInstanceUid])).toHaveLength(2);
    const { dict } = readWithDcmjs(bytes);
    expect(dict['0020000D']!.Value).toEqual([clip.studyInstanceUid]);
    expect(JSON.stringify(dict['00100020']!.Value)).toContain(clip.patient);
  });
});
