import type { ClipFacts } from '../clip/clip.ts';
import { boxTolerancePx, governingPicture, lacksPictureChoice, sameBox } from '../clip/pictures.ts';
import { isMeasurable, type View } from '../clip/view.ts';
import { viewOf, type ViewRecognition } from '../clip/view-recognition.ts';
import { message, type Message } from '../language/message.ts';
import type { ClipReview } from '../review/review.ts';
import { certaintyPercent } from '../wording/view.ts';

/**
 * Why the ventricle of a clip is neither contoured nor measured. `not-b-mode`: M-mode, spectral Doppler and the like.
 * `still`: one frame shows no beat. `picture-not-chosen`: several two-dimensional pictures. `frozen`: a loop whose
 * picture stands still. `not-apical`: the view was set to one that is not. `recognised-other`: the pictures do not look
 * like an apical view, and nobody has said that they are one.
 */
export type Untraceable =
  'not-b-mode' | 'still' | 'picture-not-chosen' | 'frozen' | 'not-apical' | 'recognised-other';

/** What the view of a clip follows from. */
type ViewedClip = Pick<ClipReview, 'view' | 'picture' | 'recognition'>;

/**
 * null for a clip that can be contoured: a moving two-dimensional B-mode picture of a view that may be apical. That a
 * picture is frozen is known once a run has looked at it.
 */
export function untraceable(
  facts: ClipFacts,
  review: ViewedClip & Pick<ClipReview, 'run'>,
): Untraceable | null {
  if (!facts.bMode) return 'not-b-mode';
  if (facts.frames <= 1) return 'still';
  if (lacksPictureChoice(facts, review.picture)) return 'picture-not-chosen';
  const view = clipView(facts, review);
  if (!isMeasurable(view)) return view.source === 'recognised' ? 'recognised-other' : 'not-apical';
  return isFrozen(facts, review) ? 'frozen' : null;
}

/** True where the clip's run, if it had one, was over the picture that governs the clip today. */
export function isOfChosenPicture(
  facts: ClipFacts,
  { picture, run }: Pick<ClipReview, 'picture' | 'run'>,
): boolean {
  const governing = governingPicture(facts, picture)?.box;
  if (run === null || governing === undefined) return true;
  if (run.picture !== undefined) return sameBox(run.picture, governing);
  // Runs from before pictures were told apart: what they saw must lie within it.
  const { box } = run.sector;
  return (
    box.minX >= governing.minX - boxTolerancePx &&
    box.maxX <= governing.maxX + boxTolerancePx &&
    box.minY >= governing.minY - boxTolerancePx &&
    box.maxY <= governing.maxY + boxTolerancePx
  );
}

/** True for a clip that a run of a model should look at: it can be contoured and has not been, or as another picture. */
export function wantsRun(facts: ClipFacts, review: ClipReview): boolean {
  if (untraceable(facts, review) !== null) return false;
  return review.run?.complete !== true || !isOfChosenPicture(facts, review);
}

function isFrozen(facts: ClipFacts, review: Pick<ClipReview, 'picture' | 'run'>): boolean {
  return review.run?.frozen === true && isOfChosenPicture(facts, review);
}

/**
 * The view that a clip is taken for: of several pictures the file's statement holds for neither until the reader has
 * said which one is meant.
 */
export function clipView(facts: ClipFacts, review: ViewedClip): View {
  return review.view.source === 'file' && lacksPictureChoice(facts, review.picture)
    ? { code: 'unknown', source: 'none' }
    : viewOf(review.view, recognitionOf(facts, review));
}

/** What was recognised, where it was told from the picture that governs the clip today. */
export function recognitionOf(facts: ClipFacts, review: ViewedClip): ViewRecognition | null {
  const { recognition } = review;
  if (recognition === null || lacksPictureChoice(facts, review.picture)) return null;
  const shown = governingPicture(facts, review.picture)?.box;
  if (recognition.picture === undefined || shown === undefined) {
    return recognition.picture === shown ? recognition : null;
  }
  return sameBox(recognition.picture, shown) ? recognition : null;
}

/** One sentence for a person on why a run over the clip is not begun. */
export function untraceableWords(reason: Untraceable, { certainty }: Pick<View, 'certainty'>): Message {
  return reason === 'recognised-other'
    ? message('clip.untraceable.recognised-other', { percent: certaintyPercent(certainty) })
    : message(`clip.untraceable.${reason}`);
}
