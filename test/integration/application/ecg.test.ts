import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, expect, it } from 'vitest';
import type { StudyDocument } from '../../../core/api/requests.ts';
import type { EcgTrace } from '../../../core/clip/ecg.ts';
import { buildDicom } from '../../fixtures/dicom/build.ts';
import { curve, waveform } from '../../fixtures/dicom/ecg-elements.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';
import { upload, workstation } from './workstation.ts';

const folder = temporaryFolders();
const running: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const application of running.splice(0)) await application.close();
});

it('a window gets the ECG of a clip, and a word where there is none', async () => {
  const { application, send, json } = await workstation(folder());
  running.push(application);
  const loop = { rows: 16, columns: 16, frames: 50, frameTimeMs: 40 };
  await upload(application, {
    'wave.dcm': buildDicom({ ...loop, sopInstanceUid: '1.2.1', elements: [waveform()] }),
    'curve.dcm': buildDicom({ ...loop, sopInstanceUid: '1.2.2', elements: curve() }),
    'none.dcm': buildDicom({ ...loop, sopInstanceUid: '1.2.3' }),
  });
  const wave = await json<EcgTrace>('GET', 'clips/1.2.1/ecg');
  expect(wave).toMatchObject({ stepMs: 4, startMs: 0 });
  expect(wave.values).toHaveLength(500);
  const drawn = await json<EcgTrace>('GET', 'clips/1.2.2/ecg');
  expect(drawn.values).toHaveLength(600);
  expect((await send('GET', 'clips/1.2.3/ecg')).status).toBe(404);
  expect((await send('GET', 'clips/9.9/ecg')).status).toBe(404);

  const { library } = application.services;
  appendFileSync(library.clip('1.2.1').path, 'x');
  const altered = await send('GET', 'clips/1.2.1/ecg');
  expect(altered.ok).toBe(false);
  expect(await altered.text()).toContain('is not the one that was imported');
});

it('an ECG that an older reader did not read is there when the study is opened next', async () => {
  const path = folder();
  const first = await workstation(path);
  await upload(first.application, {
    'wave.dcm': buildDicom({ frames: 50, frameTimeMs: 40, sopInstanceUid: '1.2.1', elements: [waveform()] }),
  });
  await first.application.close();
  const database = new DatabaseSync(join(path, 'library.sqlite'));
  database.exec("UPDATE clips SET reader_version = 5, facts = json_remove(facts, '$.ecg')");
  database.close();

  const { application, json } = await workstation(path);
  running.push(application);
  const { library } = application.services;
  expect(library.clip('1.2.1').facts.ecg).toBeUndefined();
  const study = library.summaries()[0]!.studyInstanceUid;
  const { clips } = await json<Pick<StudyDocument, 'clips'>>('GET', `studies/${study}`);
  expect(clips[0]!.ecg).toMatchObject({ lead: 'II', samples: 500 });
  expect((await json<EcgTrace>('GET', 'clips/1.2.1/ecg')).values).toHaveLength(500);
});
