import { afterEach, expect, it } from 'vitest';
import type { StudyDocument } from '../../../core/api/requests.ts';
import { earlierExports, type ExportedEntry, namedFiles } from '../../../main/application/export-audit.ts';
import { manualTrace } from '../../fixtures/library/facts.ts';
import { type ReadDataSet, readWithDcmjs } from '../../fixtures/dicom/dcmjs.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';
import { exportedBy } from './asked.ts';
import { apicalClip, clipUid, studyUid, upload, workstation } from './workstation.ts';

const folder = temporaryFolders();
const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function station() {
  const { application, send, json } = await workstation(folder());
  open.push(() => application.close());
  await upload(application, { 'a.dcm': apicalClip({ patientName: 'Doe^Jane', patientId: '4711' }) });
  const change = async (changes: readonly object[]): Promise<void> => {
    const { head } = await json<StudyDocument>('GET', `studies/${studyUid}`);
    const answer = await send('POST', `studies/${studyUid}/revisions`, { head, label: 'drew', changes });
    expect(answer.status).toBe(201);
  };
  const draw = (frame: number): Promise<void> =>
    change([
      {
        ...{ slot: 'trace', structure: 'lv-cavity', sopInstanceUid: clipUid, frame },
        ...{ before: null, after: manualTrace(50) },
      },
    ]);
  const exported = async (format = 'dicom-contours'): Promise<Buffer> => {
    const answer = await send('GET', `studies/${studyUid}/exports/${format}`);
    expect(answer.status).toBe(200);
    return Buffer.from(await answer.arrayBuffer());
  };
  const exportedWithoutPatient = async (): Promise<void> => {
    const request = {
      ...{ studies: [studyUid], formats: ['dicom-contours'] },
      ...{ identity: 'sharing', destination: 'download' },
    };
    const state = await exportedBy(send, request);
    expect(state).toMatchObject({ state: 'finished', files: 1 });
  };
  return { application, send, change, draw, exported, exportedWithoutPatient };
}

const value = (bytes: Uint8Array, tag: string): unknown => readWithDcmjs(bytes).dict[tag]?.Value[0];

/** Series and instance that a report names as its predecessor. */
function predecessor(bytes: Uint8Array): unknown {
  const study = value(bytes, '0040A360') as ReadDataSet | undefined;
  const series = study?.['00081115']?.Value[0] as ReadDataSet | undefined;
  const instance = series?.['00081199']?.Value[0] as ReadDataSet | undefined;
  return series && [series['0020000E']?.Value[0], instance?.['00081155']?.Value[0]];
}

it('an amended report names the one before it, by what the audit log says was exported', async () => {
  const { draw, exported } = await station();
  await draw(2);
  const first = await exported();
  expect(predecessor(first)).toBeUndefined();
  expect((await exported()).equals(first)).toBe(true);
  await draw(5);
  const second = await exported();
  expect(value(second, '00080018')).not.toBe(value(first, '00080018'));
  expect(predecessor(second)).toEqual([value(first, '0020000E'), value(first, '00080018')]);
  expect((await exported()).equals(second)).toBe(true);
});

it('an amended report as PDF names the one before it too', async () => {
  const { draw, exported } = await station();
  await draw(2);
  const first = await exported('dicom-pdf');
  await draw(5);
  const second = await exported('dicom-pdf');
  expect(predecessor(first)).toBeUndefined();
  expect(predecessor(second)).toEqual([value(first, '0020000E'), value(first, '00080018')]);
});

it('masks are known again by their clip', async () => {
  const { application, draw, exported } = await station();
  await draw(2);
  await exported('dicom-segmentation');
  const [left, ...others] = earlierExports(application.services.library, studyUid, 'dicom-segmentation');
  expect(left).toMatchObject({ clip: clipUid, sopClassUid: '1.2.840.10008.5.1.4.1.1.66.4' });
  expect(others).toEqual([]);
});

it('every object that was made here is named in the log, however many files there are', () => {
  const entry = (index: number, format: string, sopInstanceUid?: string): ExportedEntry => ({
    ...{ format, path: `${index}`, sha256: '0'.repeat(64) },
    ...(sopInstanceUid === undefined ? {} : { sopInstanceUid }),
  });
  const clips = Array.from({ length: 250 }, (_, index) => entry(index, 'clips', `1.2.${index}`));
  const masks = Array.from({ length: 230 }, (_, index) =>
    entry(index, 'dicom-segmentation', `2.25.${index}`),
  );
  const named = namedFiles([...clips, ...masks.slice(0, 30), entry(0, 'json')]);
  expect(named.filter(({ format }) => format === 'dicom-segmentation')).toHaveLength(30);
  expect(named).toHaveLength(200);
  expect(namedFiles([...clips, ...masks])).toEqual(masks);
  expect(namedFiles(clips.slice(0, 200))).toHaveLength(200);
});

it('an amended report names none that left without its patient: it would tell who that is', async () => {
  const { draw, exported, exportedWithoutPatient } = await station();
  await draw(2);
  await exportedWithoutPatient();
  await draw(3);
  expect(predecessor(await exported())).toBeUndefined();
  await draw(4);
  const named = await exported();
  await exportedWithoutPatient();
  await draw(5);
  expect(predecessor(await exported())).toEqual([value(named, '0020000E'), value(named, '00080018')]);
});

it('a report that was signed for nobody stays unverified, whoever is named later', async () => {
  const { send, change, draw, exported } = await station();
  await draw(2);
  await send('PUT', 'settings', { reader: 'Dr. Reader', organisation: '' });
  await change([{ slot: 'decision', before: { state: 'pending' }, after: { state: 'accepted' } }]);
  await send('PUT', 'settings', { organisation: 'Ward 7' });
  expect(value(await exported(), '0040A493')).toBe('UNVERIFIED');
});

it('a report is verified once the study is accepted by a reader who signs for an organisation', async () => {
  const { send, change, draw, exported } = await station();
  await draw(2);
  expect(value(await exported(), '0040A493')).toBe('UNVERIFIED');
  const settings = { reader: 'Dr. Reader', organisation: 'Ward 7', snomedScheme: 'SRT' };
  expect((await send('PUT', 'settings', settings)).status).toBe(200);
  await change([{ slot: 'decision', before: { state: 'pending' }, after: { state: 'accepted' } }]);
  const report = await exported();
  expect([value(report, '0040A491'), value(report, '0040A493')]).toEqual(['COMPLETE', 'VERIFIED']);
  const organisation = (of: Uint8Array) => (value(of, '0040A073') as ReadDataSet)['0040A027']?.Value;
  expect(organisation(report)).toEqual(['Ward 7']);
  // It was signed for that one, wherever the reader works now.
  expect((await send('PUT', 'settings', { organisation: 'Ward 8' })).status).toBe(200);
  expect((await exported()).equals(report)).toBe(true);
  const text = JSON.stringify(readWithDcmjs(report).dict['0040A730']);
  expect(text).toContain('T-32600');
  expect(text).not.toContain('SCT');
});
