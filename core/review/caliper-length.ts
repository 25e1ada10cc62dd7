import { calibrateClip } from '../clip/calibrate.ts';
import type { CalibrationRefusal } from '../clip/calibration.ts';
import type { ClipFacts } from '../clip/clip.ts';
import { clipPictures, governingPicture } from '../clip/pictures.ts';
import type { Box, PixelSpacing, Point } from '../geometry/point.ts';
import type { Caliper } from '../mark/mark.ts';
import type { ClipReview } from './review.ts';

/**
 * Why a distance is not given. `not-b-mode`: M-mode, spectral Doppler and the like, whose axes are no lengths of the
 * picture. `outside-picture`: an end lies outside of the two-dimensional picture that the scale is of. `too-short`: both
 * ends are one place.
 */
export type CaliperRefusal = CalibrationRefusal | 'not-b-mode' | 'outside-picture' | 'too-short';

export type CaliperLength =
  | { readonly lengthMm: number; readonly refusal: null }
  | { readonly lengthMm: null; readonly refusal: CaliperRefusal };

/** What a caliper of a clip is measured by, or why none can be. */
export type CaliperScale =
  | { readonly spacing: PixelSpacing; readonly picture: Box | null; readonly refusal: null }
  | { readonly spacing: null; readonly refusal: Exclude<CaliperRefusal, 'outside-picture' | 'too-short'> };

/** Ends may lie so far outside of the picture: a scanner's box leaves out its edge. */
const overhangPx = 3;

/**
 * The scale of a clip's two-dimensional picture, of the file or of the reader's ruler (DICOM PS3.3 C.8.5.5): it holds
 * within that picture and nowhere else, because M-mode and spectra beside it have axes of their own.
 */
export function caliperScale(facts: ClipFacts, review: Pick<ClipReview, 'ruler' | 'picture'>): CaliperScale {
  if (!facts.bMode) return { spacing: null, refusal: 'not-b-mode' };
  const { calibration, refusal } = calibrateClip(facts, review.ruler, review.picture);
  if (calibration === null) return { spacing: null, refusal };
  const picture = governingPicture(facts, review.picture);
  // A file that names regions and none that is a picture has no place where a distance could be meant.
  if (picture === null && facts.regions.length > 0 && clipPictures(facts).length > 0) {
    return { spacing: null, refusal: 'picture-not-chosen' };
  }
  return { spacing: calibration, picture: picture?.box ?? null, refusal: null };
}

/** The distance between the ends of a caliper, in millimetres of the body: pixels need not be square. */
export function caliperLength(
  facts: ClipFacts,
  review: Pick<ClipReview, 'ruler' | 'picture'>,
  { from, to }: Pick<Caliper, 'from' | 'to'>,
): CaliperLength {
  const scale = caliperScale(facts, review);
  if (scale.refusal !== null) return { lengthMm: null, refusal: scale.refusal };
  const room = scale.picture ?? { minX: 0, minY: 0, maxX: facts.columns - 1, maxY: facts.rows - 1 };
  if (![from, to].every((end) => holds(room, end))) return { lengthMm: null, refusal: 'outside-picture' };
  const { mmPerPixelX, mmPerPixelY } = scale.spacing;
  const lengthMm = Math.hypot((to[0] - from[0]) * mmPerPixelX, (to[1] - from[1]) * mmPerPixelY);
  return lengthMm > 0 ? { lengthMm, refusal: null } : { lengthMm: null, refusal: 'too-short' };
}

const holds = ({ minX, minY, maxX, maxY }: Box, [x, y]: Point): boolean =>
  x >= minX - overhangPx && x <= maxX + overhangPx && y >= minY - overhangPx && y <= maxY + overhangPx;
