import { cpSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { StudyDocument } from '../../../core/api/requests.ts';
import { measureStudy } from '../../../core/assessment/measure-study.ts';
import { tracedStructures, tracesOf } from '../../../core/review/traces.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';
import { workstation } from '../application/workstation.ts';
import { storedNumbers, type StoredNumber } from './stored-numbers.ts';

const folder = temporaryFolders();
const fixture = resolve(import.meta.dirname, '../../fixtures/library/format-3');
const study = '1.2.3.4.9';
const running: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const application of running.splice(0)) await application.close();
});

interface Expected {
  revisions: number;
  measurements: StoredNumber[];
  clips: Record<
    string,
    { measurements: StoredNumber[]; curve: (number | null)[]; traces: Record<string, number> }
  >;
}
const expected = (
  JSON.parse(readFileSync(join(fixture, 'expected.json'), 'utf8')) as { studies: Record<string, Expected> }
).studies[study]!;

async function opened() {
  const path = folder();
  for (const name of ['library.sqlite', 'structures.json', 'files']) {
    cpSync(join(fixture, name), join(path, name), { recursive: true });
  }
  const station = await workstation(path);
  running.push(station.application);
  return station;
}

describe('a library of format 3', () => {
  it('opens with the numbers, contours, choices and history that it had', async () => {
    const { application, json, send } = await opened();
    const { library } = application.services;
    const { facts, clips, review, history } = await json<StudyDocument>('GET', `studies/${study}`);
    expect(history).toHaveLength(expected.revisions);
    const measured = measureStudy(facts, clips, review, library.settings());
    expect(storedNumbers(measured.measurements)).toEqual(expected.measurements);
    for (const [uid, clip] of Object.entries(expected.clips)) {
      expect(storedNumbers(measured.clips[uid]!.measurements)).toEqual(clip.measurements);
      expect(measured.clips[uid]!.curve).toEqual(clip.curve);
      const counts = tracedStructures(review.clips[uid]).map((structure) => [
        structure,
        Object.keys(tracesOf(review.clips[uid], structure)).length,
      ]);
      expect(Object.fromEntries(counts)).toEqual(clip.traces);
    }
    expect(review.decision).toMatchObject({ state: 'accepted', by: 'Dr. Reader' });
    expect(review.clips[`${study}.1`]!.excludedBeats).toEqual([8]);
    expect(measured.clips[`${study}.1`]!.beatTable.map(({ included }) => included)).toEqual([true, false]);
    expect(measured.clips[`${study}.2`]!.beats).toMatchObject([{ edFrame: 0 }, { edFrame: 8 }]);
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
