import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import type { ExportRequest, ExportState } from '../../../core/api/exports.ts';
import { areaOfBox, keptPixels, type KeepMask } from '../../../core/deidentify/keep-mask.ts';
import { MemorySource } from '../../../main/dicom/byte-source.ts';
import { readHeader } from '../../../main/dicom/header.ts';
import { decodeFrame } from '../../../main/dicom/decode-frame.ts';
import { openInstance, readInstance } from '../../../main/dicom/instance.ts';
import { createApplication } from '../../../main/hosts/application.ts';
import { foundIn } from '../../fixtures/deidentify/byte-search.ts';
import { decodeAll } from '../../fixtures/dicom/decode-built.ts';
import { readCsv } from '../../fixtures/strict-csv.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';
import { asking, exportedBy } from './asked.ts';
import { apicalClip, clipUid, studyUid, upload, workstation } from './workstation.ts';

const folder = temporaryFolders();
const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const application of open.splice(0)) await application.close();
});

const patient = { patientName: 'Quibble^Zoe', patientId: 'HN-4711' };
const other = '1.2.3.4.5.77';
const clips = {
  'quibble.dcm': apicalClip(patient),
  'other.dcm': apicalClip({ ...patient, sopInstanceUid: other }),
};
const mask: KeepMask = { areas: [areaOfBox({ minX: 20, minY: 16, maxX: 95, maxY: 111 })] };

async function station() {
  const out = folder();
  const application = await createApplication({
    ...{ libraryPath: folder(), modelFolders: [], host: 'electron' as const },
  });
  open.push(application);
  await upload(application, clips);
  application.services.updateSettings({ exportFolder: out });
  const send = asking(application);
  const exported = (changes: Partial<ExportRequest> = {}): Promise<ExportState> => {
    const request = { studies: [studyUid], formats: ['clips'], identity: 'sharing', destination: 'folder' };
    return exportedBy(send, { ...request, ...changes });
  };
  const files = () =>
    readdirSync(out, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
  return { application, send, exported, files };
}

it('writes the clips that somebody ticked, black outside of their masks, and nothing that names anybody', async () => {
  const { application, send, exported, files } = await station();
  await send('PUT', `clips/${clipUid}/keep-mask`, { mask });
  const state = await exported({ formats: ['clips', 'json', 'measurements-csv'] });
  expect(state).toMatchObject({ state: 'finished', refusedTotal: 0 });
  const secrets = ['Quibble', 'HN-4711', clipUid, studyUid];
  for (const path of files()) {
    expect([path, foundIn(readFileSync(path), secrets)]).toEqual([path, []]);
    expect(secrets.some((secret) => path.includes(secret))).toBe(false);
  }
  const written = files().filter((path) => path.endsWith('.dcm'));
  expect(written).toHaveLength(1);
  const clip = openInstance(new MemorySource(readFileSync(written[0]!)), 'clip.dcm');
  const before = await decodeAll(clips['quibble.dcm']);
  expect(clip.frames).toHaveLength(before.length);
  const kept = keptPixels(mask, clip.pixels.rows, clip.pixels.columns);
  for (const [frame, { data }] of before.entries()) {
    const after = await decodeFrame(clip, clip.source, frame, 'clip.dcm');
    expect(
      Buffer.compare(
        after.data,
        data.map((level, at) => (kept[at] === 0 ? 0 : level)),
      ),
    ).toBe(0);
  }
  const entry = application.services.library.audit.entries().find(({ event }) => event === '110106');
  expect(entry?.detail).toMatchObject({ deidentified: 'sharing', files: [{ format: 'json' }, {}, {}] });
});

it('leaves out staff whom any of the files names, in tables and clips, and keeps stages apart', async () => {
  const out = folder();
  const application = await createApplication({
    ...{ libraryPath: folder(), modelFolders: [], host: 'electron' as const },
  });
  open.push(application);
  const staged = (name: string) => ({ tag: '00082120', vr: 'SH', value: name });
  await upload(application, {
    'peak.dcm': apicalClip({
      elements: [
        { tag: '00081070', vr: 'PN', value: 'Nightingale^Florence' },
        { tag: '00081060', vr: 'PN', value: 'Humboldt^A' },
        { tag: '00080090', vr: 'PN', value: 'Semmelweis' },
        { tag: '00081050', vr: 'PN', value: 'Barnard' },
        staged('PK Nightingale'),
      ],
    }),
    // This one names none of them.
    'rest.dcm': apicalClip({
      sopInstanceUid: other,
      elements: [staged('REST HUMBOLDT'), { tag: '00082127', vr: 'SH', value: 'Semmelweis' }],
    }),
  });
  application.services.updateSettings({ exportFolder: out });
  const put = (uid: string) =>
    application.fetch(
      new Request(`http://127.0.0.1/api/clips/${uid}/keep-mask`, {
        ...{ method: 'PUT', body: JSON.stringify({ mask }) },
        headers: { 'content-type': 'application/json' },
      }),
    );
  await put(clipUid);
  await put(other);
  const request = {
    ...{ studies: [studyUid], formats: ['clips', 'json'], identity: 'internal', destination: 'folder' },
  };
  await exportedBy(asking(application), request);
  const written = readdirSync(out, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  expect(written).toHaveLength(3);
  const staff = ['Nightingale', 'Humboldt', 'Semmelweis', 'Barnard'];
  for (const path of written) expect([path, foundIn(readFileSync(path), staff)]).toEqual([path, []]);
  const stages = written
    .filter((path) => path.endsWith('.dcm'))
    .map((path) => readInstance(readFileSync(path), path).clip.stage?.name);
  expect(stages.sort()).toEqual([
    expect.stringMatching(/^REST \d{6}$/),
    expect.stringMatching(/^STAGE \d{6}$/),
  ]);
  const json = readFileSync(
    written.find((path) => path.endsWith('.json'))!,
    'utf8',
  );
  for (const stage of stages) expect(json).toContain(stage);
});

it('of a corrected patient leaves neither name, and all of it is of one pseudonym and sex', async () => {
  const out = folder();
  const application = await createApplication({
    ...{ libraryPath: folder(), modelFolders: [], host: 'electron' as const },
  });
  open.push(application);
  const elements = [
    { tag: '00100040', vr: 'CS', value: 'M' },
    { tag: '00101010', vr: 'AS', value: '050Y' },
    // The sonographer knew who it was.
    { tag: '00082120', vr: 'SH', value: 'REST PLUNKETT' },
    { tag: '00082127', vr: 'SH', value: 'Quibble A4C' },
  ];
  await upload(application, { 'quibble.dcm': apicalClip({ ...patient, elements }) });
  application.services.updateSettings({ exportFolder: out });
  const send = asking(application);
  await send('PUT', `clips/${clipUid}/keep-mask`, { mask });
  application.services.library.care.correctPatient([studyUid], {
    patientId: 'REAL-1',
    name: { alphabetic: 'Plunkett^Ada', ideographic: '', phonetic: '' },
    birthDate: '2015-06-01',
    sex: 'female',
  });
  await exportedBy(send, {
    ...{ studies: [studyUid], formats: ['clips', 'json'], identity: 'internal' },
    destination: 'folder',
  });
  const written = readdirSync(out, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  for (const path of written) {
    expect([path, foundIn(readFileSync(path), ['Quibble', 'Plunkett', 'HN-4711', 'REAL-1'])]).toEqual([
      path,
      [],
    ]);
  }
  const clip = written.find((path) => path.endsWith('.dcm'))!;
  const { study } = readInstance(readFileSync(clip), clip);
  const json = JSON.parse(
    readFileSync(
      written.find((path) => path.endsWith('.json'))!,
      'utf8',
    ),
  ) as {
    study: { patient: Record<string, unknown> };
  };
  expect(JSON.stringify(json)).toContain(study.patient.patientId);
  expect(study.patient.sex).toBe('female');
  expect(study.patient.statedAge).toBeUndefined();
});

it('gives the same clip the same UIDs and bytes again, by the key that stays in the library', async () => {
  const { send, exported, files, application } = await station();
  await send('PUT', `clips/${clipUid}/keep-mask`, { mask });
  await exported();
  const [first] = files();
  const bytes = readFileSync(first!);
  application.services.updateSettings({ exportFolder: folder() });
  expect((await exported()).state).toBe('finished');
  const again = application.services.library.settings().exportFolder!;
  const path = join(again, ...first!.split('/').slice(-3));
  expect(Buffer.compare(readFileSync(path), bytes)).toBe(0);
});

it('writes nothing of a study whose pictures nobody looked at, and says so', async () => {
  const { exported, files } = await station();
  const state = await exported();
  expect(state.state).toBe('failed');
  expect(state.refused).toMatchObject([{ code: 'bad-request', reason: expect.stringContaining('looked') }]);
  expect(files()).toEqual([]);
});

it('refuses pages, which hold what somebody wrote', async () => {
  const { send } = await station();
  const request = { studies: [studyUid], formats: ['pdf'], identity: 'internal', destination: 'folder' };
  expect((await send('POST', 'exports', request)).status).toBe(400);
});

it('follows what somebody wants of single attributes, and says so in the files', async () => {
  const { send, exported, files } = await station();
  await send('PUT', `clips/${clipUid}/keep-mask`, { mask });
  const choices = { '00080070': 'blank', '00100020': 'keep' } as const;
  expect(await exported({ choices })).toMatchObject({ state: 'finished', refusedTotal: 0 });
  const bytes = readFileSync(files()[0]!);
  const { attributes } = readHeader(new MemorySource(bytes), 'clip.dcm');
  expect(attributes.text('x00100020', 'LO')).toBe('HN-4711');
  expect(attributes.text('x00080070', 'LO')).toBeNull();
  expect(foundIn(bytes, ['Quibble'])).toEqual([]);
  // What names somebody by a person's choice is not said to name nobody.
  expect(attributes.text('x00120062', 'CS')).toBe('NO');
  expect(attributes.text('x00120063', 'LO')).toContain('(0010,0020) keep');
});

it.each([
  [{ '00080018': 'remove' }, 'needed in every file'],
  [{ '00091010': 'keep' }, 'private'],
  [{ '7fe00010': 'remove' }, 'describes the file or its pixels'],
])('refuses a choice that cannot be followed: %j', async (choices, reason) => {
  const { send } = await station();
  const request = { studies: [studyUid], formats: ['clips'], identity: 'sharing', destination: 'folder' };
  const response = await send('POST', 'exports', { ...request, choices });
  expect(response.status).toBe(400);
  expect(await response.text()).toContain(reason);
});

it('tells who is who when somebody asks, by the same choices, and writes that down', async () => {
  const { application, send, exported, files } = await station();
  await send('PUT', `clips/${clipUid}/keep-mask`, { mask });
  await exported({ identity: 'longitudinal', choices: { '0020000e': 'keep' } });
  const request = { studies: [studyUid], preset: 'longitudinal', choices: { '0020000e': 'keep' } };
  const response = await send('POST', 'mappings', request);
  expect(response.headers.get('content-disposition')).toContain('mapping.csv');
  const rows = readCsv(new Uint8Array(await response.arrayBuffer()));
  expect(rows).toHaveLength(2);
  const { attributes } = readHeader(new MemorySource(readFileSync(files()[0]!)), 'clip.dcm');
  expect(rows.find((row) => row['sop_uid'] === clipUid)).toMatchObject({
    patient_id: 'HN-4711',
    pseudonym: attributes.text('x00100020', 'LO'),
    new_sop_uid: attributes.text('x00080018', 'UI'),
    new_series_uid: attributes.text('x0020000e', 'UI'),
  });
  expect(rows[0]!['new_series_uid']).toBe(rows[0]!['series_uid']);
  const told = application.services.library.audit.entries().filter(({ detail }) => 'mapping' in detail);
  expect(told).toMatchObject([{ studyInstanceUid: studyUid, detail: { mapping: 'longitudinal' } }]);
});

it.each(['sharing', 'internal'] as const)(
  'puts what leaves by the preset %s onto a medium that names nobody and that can be read back',
  async (identity) => {
    const { application, send, exported, files } = await station();
    await send('PUT', `clips/${clipUid}/keep-mask`, { mask });
    expect(await exported({ formats: ['dicom-medium'], identity })).toMatchObject({ state: 'finished' });
    const secrets = ['Quibble', 'HN-4711', ...(identity === 'internal' ? [] : [clipUid, studyUid])];
    for (const path of files()) {
      expect([path, foundIn(readFileSync(path), secrets)]).toEqual([path, []]);
    }
    const medium = join(application.services.library.settings().exportFolder!, 'dicom-medium');
    const images = files().filter((path) => path.includes('IMG'));
    expect(images).toHaveLength(1);
    const other = await workstation(folder());
    open.push(other.application);
    const taken: Record<string, Uint8Array> = {};
    for (const path of files()) taken[path.slice(medium.length + 1)] = readFileSync(path);
    expect(await upload(other.application, taken)).toMatchObject({ state: 'finished', accepted: 1 });
  },
);

it('puts nothing onto a medium of which nobody looked at the pictures', async () => {
  const { exported, files } = await station();
  expect(await exported({ formats: ['dicom-medium'] })).toMatchObject({
    state: 'failed',
    refused: [{ code: 'bad-request', reason: expect.stringContaining('looked') as string }],
  });
  expect(files()).toEqual([]);
});

it('exports clips as they were imported where the patient stays', async () => {
  const { exported, files } = await station();
  expect((await exported({ identity: 'named' })).state).toBe('finished');
  const written = files().map((path) => readFileSync(path));
  expect(written).toHaveLength(2);
  for (const bytes of Object.values(clips)) {
    expect(written.some((one) => Buffer.compare(one, bytes) === 0)).toBe(true);
  }
});
