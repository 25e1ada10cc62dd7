import { cpSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { StudyDocument } from '../../../core/api/requests.ts';
import { measureStudy } from '../../../core/assessment/measure-study.ts';
import { cavityTraces, tracedStructures } from '../../../core/review/traces.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';
import { workstation } from '../application/workstation.ts';
import { storedNumbers, type StoredNumber } from './stored-numbers.ts';

const folder = temporaryFolders();
const fixture = resolve(import.meta.dirname, '../../fixtures/library/format-2');
const study = '1.2.3.4.7';
const running: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const application of running.splice(0)) await application.close();
});

interface Expected {
  revisions: number;
  measurements: StoredNumber[];
  clips: Record<string, { measurements: StoredNumber[]; curve: (number | null)[]; traces: number }>;
}
const expected = (
  JSON.parse(readFileSync(join(fixture, 'expected.json'), 'utf8')) as { studies: Record<string, Expected> }
).studies[study]!;

async function opened() {
  const path = folder();
  cpSync(join(fixture, 'library.sqlite'), join(path, 'library.sqlite'));
  cpSync(join(fixture, 'files'), join(path, 'files'), { recursive: true });
  const station = await workstation(path);
  running.push(station.application);
  return station;
}

/** Without what was not measured yet. */
describe('a library of format 2', () => {
  it('opens with the numbers, contours, choices and history that it had', async () => {
    const { application, json, send } = await opened();
    const { library } = application.services;
    const { facts, clips, review, history } = await json<StudyDocument>('GET', `studies/${study}`);
    expect(history).toHaveLength(expected.revisions);
    const measured = measureStudy(facts, clips, review, library.settings());
    expect(storedNumbers(measured.measurements, ['LV sphericity ED'])).toEqual(expected.measurements);
    for (const [uid, clip] of Object.entries(expected.clips)) {
      expect(storedNumbers(measured.clips[uid]!.measurements, ['LV sphericity ED'])).toEqual(
        clip.measurements,
      );
      expect(measured.clips[uid]!.curve).toEqual(clip.curve);
      expect(tracedStructures(review.clips[uid])).toEqual(['lv-cavity']);
      expect(Object.keys(cavityTraces(review.clips[uid]))).toHaveLength(clip.traces);
    }
    expect(review).toMatchObject({
      decision: { state: 'accepted', by: 'Dr. Reader' },
      pair: { a4c: `${study}.1`, a2c: `${study}.2` },
      stage: null,
    });
    expect(review.clips[`${study}.3`]!.picture).toEqual({ minX: 64, minY: 0, maxX: 127, maxY: 55 });
    expect((await send('GET', `studies/${study}/exports/pdf`)).status).toBe(200);
    expect(library.audit.firstBrokenEntry()).toBeNull();
  });

  it('is undone to its beginning and made again', async () => {
    const { json, send } = await opened();
    const before = await json<StudyDocument>('GET', `studies/${study}`);
    let steps = 0;
    while ((await send('POST', `studies/${study}/undo`)).status === 201) steps += 1;
    expect(steps).toBeGreaterThan(8);
    for (let step = 0; step < steps; step += 1) {
      expect((await send('POST', `studies/${study}/redo`)).status).toBe(201);
    }
    const { review } = await json<StudyDocument>('GET', `studies/${study}`);
    expect(review.clips).toEqual(before.review.clips);
  });
});
