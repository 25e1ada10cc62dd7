import { z } from 'zod';
import type { ClipFacts, StudyFacts } from '../clip/clip.ts';
import { viewCodes } from '../clip/view.ts';
import type { MeasureOptions } from '../measurement/measure-options.ts';
import { wantsRun } from '../measurement/untraceable.ts';
import type { HistoryEntry } from '../review/history-entry.ts';
import type { ClipReview, StudyReview } from '../review/review.ts';
import { tracedStructures, tracesOf } from '../review/traces.ts';
import { isByReader } from '../trace/trace.ts';
import { measureStudy } from './measure-study.ts';
import { gradeDoubt, reliability } from './reliability.ts';

/**
 * What the list of studies says of one, worked out from its contours. It is kept beside the study so that a list of
 * thousands needs no thousands of measurements, and thrown away with every change of what it was worked out from.
 */
export const listedResultSchema = z.strictObject({
  /** The headline of the open study; null where that has none. */
  ejection: z
    .strictObject({
      /** EF, %. */
      percent: z.number(),
      biplane: z.boolean(),
      /** Nobody has confirmed the view, or the number is one that is not graded. */
      unsure: z.boolean(),
    })
    .nullable(),
  reliability: z.discriminatedUnion('state', [
    z.strictObject({ state: z.literal('reliable') }),
    z.strictObject({ state: z.literal('check'), count: z.number().int() }),
    z.strictObject({ state: z.literal('not-usable') }),
  ]),
  /** Views that its clips are taken for, each once; none that nobody knows. */
  views: z.array(z.enum(viewCodes)),
  /** Clips that a run should look at and none has. */
  unmeasured: z.number().int(),
  /** A reader has drawn contours or set beats. */
  corrected: z.boolean(),
  /** Who decided on the study, else who corrected it last; null where nobody did either. */
  reader: z.string().nullable(),
});
export type ListedResult = z.infer<typeof listedResultSchema>;

/** A study with what has been said of it. */
export interface ReviewedStudy {
  readonly facts: StudyFacts;
  readonly clips: readonly ClipFacts[];
  readonly review: StudyReview;
  readonly history: readonly HistoryEntry[];
}

/** The same numbers and findings as the open study shows, in a line. */
export function listedResult(
  { facts, clips, review, history }: ReviewedStudy,
  options: MeasureOptions,
): ListedResult {
  const measured = measureStudy(facts, clips, review, options);
  const ejection = measured.measurements.find(({ name }) => name === 'EF');
  const isGuess = measured.used.some((uid) => measured.clips[uid]?.view.source === 'recognised');
  const views = new Set(Object.values(measured.clips).map(({ view }) => view.code));
  const isCorrected = Object.values(review.clips).some(hasReaderWork);
  return {
    ejection:
      ejection === undefined
        ? null
        : {
            percent: ejection.value,
            biplane: ejection.view === 'biplane',
            unsure: isGuess || gradeDoubt(measured, 'EF') !== null,
          },
    reliability: reliability(measured),
    views: [...views].filter((code) => code !== 'unknown').toSorted(),
    unmeasured: clips.filter((clip) => {
      const own = review.clips[clip.sopInstanceUid];
      return own !== undefined && wantsRun(clip, own);
    }).length,
    corrected: isCorrected,
    reader:
      review.decision.state !== 'pending'
        ? review.decision.by
        : isCorrected
          ? (history.findLast(({ kind }) => kind !== 'run')?.author ?? null)
          : null,
  };
}

function hasReaderWork(clip: ClipReview): boolean {
  if (clip.beats !== null || clip.excludedBeats !== null) return true;
  return tracedStructures(clip).some((structure) =>
    Object.values(tracesOf(clip, structure)).some(isByReader),
  );
}
