import { describe, expect, it } from 'vitest';
import type { StudyDocument } from '../../../core/api/requests.ts';
import { measureStudy } from '../../../core/assessment/measure-study.ts';
import { tracedStructures, tracesOf } from '../../../core/review/traces.ts';
import { oldLibrary, undoneAndMadeAgain } from './old-library.ts';
import { storedNumbers } from './stored-numbers.ts';

const study = '1.2.3.4.9';
const { studies, opened } = oldLibrary<Record<string, number>>(3);
const expected = studies[study]!;

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
    await undoneAndMadeAgain(await opened(), study);
  });
});
