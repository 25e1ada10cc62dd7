import type { Point } from '../../core/geometry/point.ts';
import { tracedStructures } from '../../core/review/traces.ts';
import type { StructureId } from '../../core/structure/structure.ts';
import type { Trace } from '../../core/trace/trace.ts';
import type { EditedPicture, ReadersChoice } from './edited-picture.ts';
import type { Seeing } from './gesture.ts';
import { gripAt, type Grip } from './grip.ts';

/** So near to the pointer, in pixels on screen, something is gripped. */
const reachPx = 8;
/** So near to the middle of a finger, which covers what it points at. */
const fingerReachPx = 22;

export interface GrippedContour {
  readonly structure: StructureId;
  readonly trace: Trace;
  readonly grip: Grip;
}

/** How the picture's pixels are seen at its size on screen. */
export const seeingOf = (picture: EditedPicture): Seeing => ({
  spacing: picture.spacing(),
  screenPx: 1 / picture.placement().scaleY,
});

/** The contour of a structure on the frame on screen. */
export function contourOf(
  { study, sopInstanceUid, frame }: EditedPicture,
  structure: StructureId,
): Trace | null {
  const shown = frame();
  return shown === null ? null : study.traceAt({ sopInstanceUid, structure, frame: shown });
}

/** What the pointer is on: a part of the chosen structure's contour, else of that of another one that is shown. */
export function contourUnder(
  picture: EditedPicture,
  { structure: chosen, isShown }: Pick<ReadersChoice, 'structure' | 'isShown'>,
  at: Point,
  byFinger = false,
): GrippedContour | null {
  const frame = picture.frame();
  if (frame === null) return null;
  const { spacing, screenPx } = seeingOf(picture);
  const reach = (byFinger ? fingerReachPx : reachPx) * screenPx;
  const others = tracedStructures(picture.study.clipReview(picture.sopInstanceUid), frame);
  for (const structure of [chosen, ...others].filter(isShown)) {
    const trace = contourOf(picture, structure);
    const grip = trace && gripAt(trace, at, reach, spacing);
    if (grip) return { structure, trace, grip };
  }
  return null;
}
