import type { ClipFacts } from '../clip/clip.ts';
import { boxTolerancePx, governingPicture, lacksPictureChoice, sameBox } from '../clip/pictures.ts';
import { isMeasurable, type View } from '../clip/view.ts';
import { message, type Message } from '../language/message.ts';
import type { ClipReview } from '../review/review.ts';

/**
 * Why the ventricle of a clip is neither contoured nor measured. `not-b-mode`: M-mode, spectral Doppler and the like.
 * `still`: one frame shows no beat. `picture-not-chosen`: several two-dimensional pictures. `frozen`: a loop whose
 * picture stands still. `not-apical`: the view was set to one that is not.
 */
export type Untraceable = 'not-b-mode' | 'still' | 'picture-not-chosen' | 'frozen' | 'not-apical';

/**
 * null for a clip that can be contoured: a moving two-dimensional B-mode picture of a view that may be apical. That a
 * picture is frozen is known once a run has looked at it.
 */
export function untraceable(
  facts: ClipFacts,
  review: Pick<ClipReview, 'view' | 'picture' | 'run'>,
): Untraceable | null {
  if (!facts.bMode) return 'not-b-mode';
  if (facts.frames <= 1) return 'still';
  if (lacksPictureChoice(facts, review.picture)) return 'picture-not-chosen';
  if (!isMeasurable(review.view)) return 'not-apical';
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
export function clipView(facts: ClipFacts, review: Pick<ClipReview, 'view' | 'picture'>): View {
  return review.view.source === 'file' && lacksPictureChoice(facts, review.picture)
    ? { code: 'unknown', source: 'none' }
    : review.view;
}

/** One sentence for a person on why a run over the clip is not begun. */
export const untraceableWords = (reason: Untraceable): Message => message(`clip.untraceable.${reason}`);
