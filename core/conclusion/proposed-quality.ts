import type { StudyMeasurements } from '../assessment/measure-study.ts';
import { gradeDoubt } from '../assessment/reliability.ts';
import { message, type Message } from '../language/message.ts';
import type { StudyReview } from '../review/review.ts';
import { cavityTraces } from '../review/traces.ts';
import { isUnsure } from '../trace/trust.ts';

/** From here on more contours are doubted than believed. */
const poorShare = 0.5;

/**
 * The quality of the pictures as far as the model and the findings tell: poor where it was unsure of half of the contours
 * that EF rests on, limited where anything doubts them, else adequate. A proposal of ours (no guideline grades pictures by
 * a model's confidence); null where nothing is measured.
 */
export function proposedQuality(measured: StudyMeasurements, review: StudyReview): Message | null {
  if (measured.used.length === 0) return null;
  const traces = measured.used.flatMap((uid) => Object.values(cavityTraces(review.clips[uid]!)));
  const unsure = traces.filter(isUnsure).length;
  if (traces.length > 0 && unsure / traces.length >= poorShare) {
    return message('quality.poor', { unsure, count: traces.length });
  }
  return gradeDoubt(measured, 'EF') === 'unsure'
    ? message('quality.limited', { unsure, count: traces.length })
    : message('quality.adequate');
}
