import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import type { StudyDocument } from '../../../core/api/requests.ts';
import type { ModelManifest } from '../../../core/model/manifest.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';
import { apicalClip, clipUid, microName, modelFolder, studyUid, upload, workstation } from './workstation.ts';
import { cavityTraces } from '../../../core/review/traces.ts';

const folder = temporaryFolders();
const running: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const application of running.splice(0)) await application.close();
});

async function open(library: string, models: string) {
  const station = await workstation(library, models);
  running.push(station.application);
  return station;
}

it('a calibrated confidence and its limit are stored with the contour, and read again', async () => {
  const library = folder();
  const models = await modelFolder(folder());
  const path = join(models, microName, 'manifest.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as ModelManifest;
  manifest.passes = 'both-directions';
  manifest.threshold = 0.3;
  manifest.confidence = {
    features: ['areaShare', 'areaJump'],
    weights: [0.5, -1],
    bias: -1,
    limit: 0.75,
    calibration: {
      dataset: 'none',
      frames: 0,
      badDice: 0.85,
      auc: 0.5,
      flaggedShare: 1,
      flaggedMeanDice: null,
      unflaggedMeanDice: null,
    },
  };
  writeFileSync(path, JSON.stringify(manifest));

  const first = await open(library, models);
  await upload(first.application, { 'a4c.dcm': apicalClip() });
  await first.json('PUT', 'settings', { provider: 'cpu' });
  await first.json('POST', `clips/${clipUid}/runs`);
  const ended = await first.application.services.runs.ended(clipUid);
  expect(ended).toMatchObject({ state: 'finished', framesDone: 8, framesTotal: 8 });
  const { review } = await first.json<StudyDocument>('GET', `studies/${studyUid}`);
  const clip = review.clips[clipUid]!;
  expect(clip.run).toMatchObject({ passes: 'both-directions', framesDone: 8, complete: true });
  const traces = Object.values(cavityTraces(clip));
  expect(traces.length).toBeGreaterThan(0);
  for (const { source, confidence } of traces) {
    expect(source).toMatchObject({ kind: 'model', leastConfidence: 0.75 });
    // 1 / (1 + exp(1 − 0.5 · share + jump)): below what no jump over the whole picture gives.
    expect(confidence).toBeGreaterThan(0);
    expect(confidence).toBeLessThan(1 / (1 + Math.exp(0.5)));
  }
  for (const application of running.splice(0)) await application.close();

  const again = await (await open(library, models)).json<StudyDocument>('GET', `studies/${studyUid}`);
  expect(again.review.clips[clipUid]).toEqual(clip);
});
