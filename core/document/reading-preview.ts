import { measureStudy } from '../assessment/measure-study.ts';
import type { ClipFacts, StudyFacts } from '../clip/clip.ts';
import type { MeasureOptions } from '../measurement/measure-options.ts';
import { applyChanges } from '../review/apply.ts';
import type { Change, StudyReview } from '../review/review.ts';
import { isSameContour } from '../trace/same-contour.ts';
import type { ContourReading } from './contour-reading.ts';
import { readingChanges } from './reading-changes.ts';

/** What a study would be with the contours of a document, before anybody takes them over. */
export interface ReadingPreview {
  /** Contours, beats and views would be those that are there. */
  readonly isSame: boolean;
  /** Ejection fraction in percent; null where there would be none. */
  readonly ejectionFraction: number | null;
}

/** Which model ran, and what it recognised, is no part of what a reading says of the heart. */
const records: ReadonlySet<Change['slot']> = new Set(['readings', 'run', 'recognition', 'propagation']);

/** What {@link readingChanges} would make of a study. */
export function readingPreview(
  { facts, clips, review }: { facts: StudyFacts; clips: readonly ClipFacts[]; review: StudyReview },
  documentUid: string,
  reading: ContourReading,
  options: MeasureOptions,
): ReadingPreview {
  const { changes } = readingChanges(review, clips, documentUid, reading);
  const { measurements } = measureStudy(facts, clips, applyChanges(review, changes), options);
  const fraction = measurements.find(({ name }) => name === 'EF');
  return {
    isSame: !changes.some(isVisible),
    ejectionFraction: fraction?.value ?? null,
  };
}

function isVisible(change: Change): boolean {
  if (change.slot !== 'trace') return !records.has(change.slot);
  const { before, after } = change;
  return before === null || after === null || !isSameContour(before, after);
}
