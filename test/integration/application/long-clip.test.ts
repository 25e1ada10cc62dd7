import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AppendResponse, StudyDocument } from '../../../core/api/requests.ts';
import { backToModel } from '../../../core/review/model-contour.ts';
import type { Change } from '../../../core/review/review.ts';
import type { Trace } from '../../../core/trace/trace.ts';
import { finishedRun, modelSource } from '../../unit/core/shapes.ts';
import { manualTrace } from '../../fixtures/library/facts.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';
import { apicalClip, clipUid, studyUid, upload, workstation } from './workstation.ts';

/** 80 s at 30 frames per second. */
const frames = 2400;
const folder = temporaryFolders();
let station: Awaited<ReturnType<typeof workstation>>;

beforeEach(async () => {
  station = await workstation(folder());
  const pixels = new Uint8Array(16 * 16).fill(60);
  await upload(station.application, {
    'long.dcm': apicalClip({ rows: 16, columns: 16, frames, regions: [], pixels: () => pixels }),
  });
});
afterEach(() => station.application.close());

const byHand = (frame: number): Trace => manualTrace(frame);
const byModel = (frame: number): Trace => ({
  ...manualTrace(frame + 1),
  source: modelSource,
  confidence: 0.8,
});
const everyFrame = (change: (frame: number) => { before: Trace | null; after: Trace }): Change[] =>
  Array.from({ length: frames }, (_, frame) => ({
    slot: 'trace',
    structure: 'lv-cavity',
    sopInstanceUid: clipUid,
    frame,
    ...change(frame),
  }));

describe('a clip of 2,400 frames that were all corrected', () => {
  it('goes back to the model in one step, which undo takes back', async () => {
    const { application, json, send } = station;
    const { reviews } = application.services;
    const document = () => json<StudyDocument>('GET', `studies/${studyUid}`);
    const run: Change = { slot: 'run', sopInstanceUid: clipUid, before: null, after: finishedRun };
    const { revision } = reviews.record(studyUid, {
      kind: 'run',
      label: 'run',
      changes: [...everyFrame((frame) => ({ before: null, after: byModel(frame) })), run],
    });
    reviews.record(studyUid, {
      kind: 'edit',
      label: 'all corrected',
      changes: everyFrame((frame) => ({ before: byModel(frame), after: byHand(frame) })),
    });
    const { head, review } = await document();
    const changes = backToModel([revision], clipUid, review.clips[clipUid]!);
    expect(changes).toHaveLength(frames);
    const answer = await send('POST', `studies/${studyUid}/revisions`, { head, label: 'back', changes });
    expect({ status: answer.status, ...((await answer.json()) as AppendResponse) }).toMatchObject({
      status: 201,
      revision: { kind: 'edit', label: 'back' },
    });
    const back = (await document()).review.clips[clipUid]!.traces['lv-cavity']!;
    expect(Object.values(back).every(({ source }) => source.kind === 'model')).toBe(true);
    await json('POST', `studies/${studyUid}/undo`);
    expect((await document()).review).toEqual(review);
  });
});
