import { describe, expect, it } from 'vitest';
import type { StudyDocument } from '../../../core/api/requests.ts';
import { measureStudy } from '../../../core/assessment/measure-study.ts';
import { cavityTraces, tracedStructures } from '../../../core/review/traces.ts';
import { oldLibrary, undoneAndMadeAgain } from './old-library.ts';
import { storedNumbers } from './stored-numbers.ts';

const study = '1.2.3.4.7';
const { studies, opened } = oldLibrary(2);
const expected = studies[study]!;

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
    await undoneAndMadeAgain(await opened(), study);
  });
});
