import { afterEach, expect, it } from 'vitest';
import type { StudyDocument } from '../../../core/api/requests.ts';
import type { ListedStudy } from '../../../core/api/study-summary.ts';
import { measureStudy } from '../../../core/assessment/measure-study.ts';
import { reliability } from '../../../core/assessment/reliability.ts';
import { createServices, type Services } from '../../../main/application/services.ts';
import { clipFacts, studyFacts } from '../../fixtures/library/facts.ts';
import { addClip } from '../../fixtures/library/seeded-library.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';
import { apicalClip, modelFolder, upload, workstation } from './workstation.ts';

const folder = temporaryFolders();
const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

/** Two studies of one clip each; nothing is measured until somebody says so. */
async function twoStudies() {
  const path = folder();
  const station = await workstation(path, await modelFolder(folder()));
  open.push(station.application);
  for (const study of ['1.2.1', '1.2.2']) {
    await upload(station.application, {
      [`${study}.dcm`]: apicalClip({
        studyInstanceUid: study,
        sopInstanceUid: `${study}.1`,
        patientId: study,
      }),
    });
  }
  const rows = async (): Promise<Record<string, ListedStudy>> =>
    Object.fromEntries(
      (await station.json<ListedStudy[]>('GET', 'studies')).map((row) => [row.studyInstanceUid, row]),
    );
  return { ...station, services: station.application.services, rows, path };
}

/** The row says just what the open study says. */
async function expectSame(
  json: <T>(method: string, path: string) => Promise<T>,
  services: Services,
  row: ListedStudy,
): Promise<void> {
  const { facts, clips, review } = await json<StudyDocument>('GET', `studies/${row.studyInstanceUid}`);
  const measured = measureStudy(facts, clips, review, services.library.settings());
  const ejection = measured.measurements.find(({ name }) => name === 'EF');
  expect(row.result?.ejection?.percent).toBe(ejection?.value);
  expect(row.result?.reliability).toEqual(reliability(measured));
}

it('measures what nobody waits for, in the order in which the reader comes to it', async () => {
  const { services, rows, json, send } = await twoStudies();
  expect((await rows())['1.2.1']).toMatchObject({ status: 'new', result: null });
  // The newest first, unless the list of the window is in another order.
  await send('PUT', 'studies/expected', { studies: ['1.2.1'] });
  const order: string[] = [];
  services.worklist.start();
  services.worklist.background.force();
  await expect
    .poll(
      async () => {
        const all = await rows();
        for (const uid of ['1.2.1', '1.2.2']) {
          if (all[uid]!.result?.unmeasured === 0 && !order.includes(uid)) order.push(uid);
        }
        return order;
      },
      { timeout: 60_000 },
    )
    .toEqual(['1.2.1', '1.2.2']);
  for (const row of Object.values(await rows())) {
    expect(row.status).toBe('to-review');
    await expectSame(json, services, row);
  }
  await expect.poll(() => services.worklist.background.state.state).toBe('idle');
});

it('has no row of a deleted study, and what holds of one that is taken back', async () => {
  const { services, rows, send, json } = await twoStudies();
  services.worklist.start();
  await services.worklist.settled();
  const { id } = await json<{ id: number }>('DELETE', 'studies/1.2.1');
  await services.worklist.settled();
  expect(services.worklist.list.study('1.2.1')).toBeNull();
  services.worklist.noteStudies();
  await services.worklist.settled();
  await send('POST', `removals/${id}/take-back`);
  await services.worklist.settled();
  const all = await rows();
  expect(Object.keys(all).sort()).toEqual(['1.2.1', '1.2.2']);
  expect(all['1.2.1']!.result).not.toBeNull();
  await expectSame(json, services, all['1.2.1']!);
});

it('measures nothing while it is paused, and goes on where it stopped', async () => {
  const { services, rows, send } = await twoStudies();
  await send('PUT', 'settings', { measureInBackground: false });
  services.worklist.start();
  await expect.poll(() => services.worklist.background.state.state).toBe('paused');
  expect(services.worklist.background.state.studiesLeft).toBe(2);
  expect(services.runs.states()).toEqual([]);
  await send('PUT', 'settings', { measureInBackground: true });
  services.worklist.background.force();
  await expect
    .poll(async () => Object.values(await rows()).map(({ status }) => status), { timeout: 60_000 })
    .toEqual(['to-review', 'to-review']);
});

it('shows no number of before a change, and works it out anew', async () => {
  const { services, rows, json, send } = await twoStudies();
  services.worklist.start();
  services.worklist.background.force();
  const row = async () => (await rows())['1.2.1']!;
  await expect.poll(async () => (await row()).result?.unmeasured, { timeout: 60_000 }).toBe(0);
  const before = (await row()).result;
  const { head, review } = await json<StudyDocument>('GET', 'studies/1.2.1');
  const cavity = review.clips['1.2.1.1']!.traces['lv-cavity'] ?? {};
  const [frame, trace] = Object.entries(cavity)[0]!;
  await send('POST', 'studies/1.2.1/revisions', {
    head,
    label: 'taken away',
    changes: [
      {
        slot: 'trace',
        structure: 'lv-cavity',
        sopInstanceUid: '1.2.1.1',
        frame: Number(frame),
        before: trace,
        after: {
          ...trace,
          points: trace.points.map(([x, y]) => [x, y - 3]),
          source: { kind: 'manual' },
          confidence: null,
        },
      },
    ],
  });
  // Known to be of before; which number it will be is not known yet.
  expect(await row()).toMatchObject({ result: null });
  await expect.poll(async () => (await row()).status).toBe('corrected');
  const after = await row();
  expect(after.result).not.toEqual(before);
  await expectSame(json, services, after);

  await send('PUT', 'settings', { axisDifferenceLimitPercent: 3 });
  expect((await row()).result).toBeNull();
  await expect.poll(async () => (await row()).result).not.toBeNull();
});

it('marks what was said as stale with every way of writing a study', async () => {
  const services = await createServices({ libraryPath: folder(), modelFolders: [] });
  open.push(services);
  const { library, worklist } = services;
  await addClip(library);
  worklist.start();
  const study = studyFacts();
  const uid = study.studyInstanceUid;
  const holds = () => worklist.list.study(uid)?.result !== null;
  const settle = async () => {
    worklist.noteStudies();
    await expect.poll(holds).toBe(true);
  };
  await settle();
  await addClip(library, clipFacts({ sopInstanceUid: '1.2.3.2' }));
  expect(holds(), 'a clip that came').toBe(false);
  await settle();
  library.facts.markColourOverlay('1.2.3.2');
  expect(holds(), 'facts of a clip').toBe(false);
  await settle();
  const { clips } = library.study(uid);
  const kept = { clips: [], keptClips: [], documents: [] };
  library.facts.renew(uid, { study: { ...study, heightCm: 180 }, studyIsRenewed: false, ...kept }, {});
  expect(holds(), 'facts of the study').toBe(false);
  await settle();
  library.facts.renew(uid, { study, studyIsRenewed: true, ...kept, clips }, {});
  expect(holds(), 'files read again').toBe(false);
  await settle();
  const { head, review } = library.study(uid);
  library.revisions.append(uid, head, {
    author: 'reader',
    kind: 'edit',
    label: 'body',
    changes: [
      {
        slot: 'body',
        before: review.body,
        after: { ...review.body, sex: { value: 'male', source: 'user' } },
      },
    ],
    target: null,
  });
  expect(holds(), 'a revision').toBe(false);
  await settle();
});
