import type { ClipFacts } from '../clip/clip.ts';
import { lacksPictureChoice } from '../clip/pictures.ts';
import { isRecognisedBy, type RecogniserIdentity } from '../clip/view-recognition.ts';
import type { ClipReview } from '../review/review.ts';
import { tracedStructures, tracesOf } from '../review/traces.ts';
import { isByReader } from '../trace/trace.ts';
import { recognitionOf } from './untraceable.ts';

/**
 * True for a clip that a recogniser should be asked about: a moving two-dimensional picture that this recogniser has not
 * seen, and whose view no reader has set. A clip in which a reader has drawn keeps its numbers: the file's view is held
 * against its pictures, nothing else is told anew.
 */
export function wantsRecognition(facts: ClipFacts, review: ClipReview, by: RecogniserIdentity): boolean {
  if (!facts.bMode || facts.frames <= 1 || lacksPictureChoice(facts, review.picture)) return false;
  if (review.view.source === 'user') return false;
  const known = recognitionOf(facts, review);
  if (known !== null && isRecognisedBy(known, by)) return false;
  return review.view.source === 'file' || !hasReaderContours(review);
}

/**
 * True for a clip that was contoured before there was a recogniser, and whose numbers what one says would change. They
 * stay as they are until the clip is contoured again.
 */
export function isContouredUnrecognised(review: ClipReview): boolean {
  const contoured = review.run !== null || tracedStructures(review).length > 0;
  return contoured && review.recognition === null && review.view.source !== 'file';
}

function hasReaderContours(review: ClipReview): boolean {
  return tracedStructures(review).some((structure) =>
    Object.values(tracesOf(review, structure)).some(isByReader),
  );
}
