import { measureStudy } from '../../../core/assessment/measure-study.ts';
import { entryOf } from '../../../core/review/history-entry.ts';
import type { Beat } from '../../../core/beat/beat.ts';
import type { Change, Revision } from '../../../core/review/review.ts';
import { applyChanges } from '../../../core/review/apply.ts';
import type { ReportInput } from '../../../main/report/report.ts';
import type { PhantomClip } from '../../fixtures/phantom/phantom.ts';
import { reportInput } from './phantom-document.ts';

/**
 * A phantom study in which one beat repeats `beats` times, and whose reader left out the beats `excluded`, named by index
 * in both clips.
 */
export function beatingInput(
  pair: readonly PhantomClip[],
  beats: number,
  excluded: readonly number[],
  author = 'Dr Ada',
): ReportInput {
  const once = reportInput(pair);
  const [beat] = Object.values(once.measurements.clips)[0]?.beats ?? [];
  if (!beat) throw new Error('The phantom shows no beat.');
  const length = Math.abs(beat.esFrame - beat.edFrame) * 2 + 1;
  const first = Math.min(beat.edFrame, beat.esFrame);
  const frames = beats * length + 1;
  const place = (frame: number) => first + (frame % length);
  const clips = once.document.clips.map((clip) => ({
    ...clip,
    frames,
    timing: {
      ...clip.timing,
      frameTimesMs: Array.from({ length: frames }, (_, frame) => frame * 90),
      durationMs: frames * 90,
    },
    rWaveTimesMs: [],
  }));
  let { review } = once.document;
  const changes = clips.flatMap(({ sopInstanceUid }): Change[] => {
    const own = review.clips[sopInstanceUid];
    if (!own) return [];
    const cavity = own.traces['lv-cavity'] ?? {};
    const made: Beat[] = Array.from({ length: beats }, (_, index) => ({
      edFrame: index * length,
      esFrame: index * length + (length - 1) / 2,
      nextEdFrame: (index + 1) * length,
      source: 'user',
    }));
    const after = excluded.map((index) => index * length);
    review = {
      ...review,
      clips: {
        ...review.clips,
        [sopInstanceUid]: {
          ...own,
          beats: made,
          traces: {
            'lv-cavity': Object.fromEntries(
              Array.from({ length: frames }, (_, frame) => [frame, cavity[place(frame)]!]),
            ),
          },
        },
      },
    };
    return [{ slot: 'excludedBeats', sopInstanceUid, before: null, after }];
  });
  const { facts } = once.document;
  const revisions: Revision[] = [];
  if (excluded.length > 0) {
    review = applyChanges(review, changes);
    revisions.push({
      id: 13,
      studyInstanceUid: facts.studyInstanceUid,
      at: '2026-03-04T05:00:00Z',
      author,
      kind: 'edit',
      label: 'beats excluded',
      changes,
      target: null,
    });
  }
  return {
    ...once,
    document: { ...once.document, clips, review, history: revisions.map(entryOf) },
    measurements: measureStudy(facts, clips, review, once.settings),
    frame: (uid, frame) => once.frame(uid, place(frame)),
  };
}
