import { SystolaError } from '../error.ts';
import type { PixelSpacing, Point } from '../geometry/point.ts';
import { distance, polylineLength, resamplePolyline } from '../geometry/polygon.ts';
import { proportionOf, squarePixels } from '../geometry/proportion.ts';
import { farthestFromBase } from './apex.ts';
import { resampleClosed } from './boundary.ts';
import { fitControlPoints } from './control-points.ts';
import { withoutRepeats } from './redraw.ts';
import type { LandmarkedTrace, Trace } from './trace.ts';

const wallSamples = 200;
/** A hand trembles by a few pixels: neighbours within this share of the stroke are averaged. */
const trembleShare = 0.01;

/**
 * A contour drawn by hand in one stroke, from one hinge over the apex to the other; the hinge that lies more to
 * the left comes first. Whether it can be measured is for `traceProblem` to say.
 *
 * @param stroke pointer positions in image pixels
 * @param spacing how wide pixels are for their height: points are spread, and the apex found, as in the body
 * @throws SystolaError `bad-request` when the stroke has no length or holds no numbers
 */
export function traceFromStroke(
  stroke: readonly Point[],
  spacing: PixelSpacing = squarePixels,
): LandmarkedTrace {
  const { seen, image } = proportionOf(spacing);
  const drawn = withoutRepeats(stroke).map(seen);
  if (drawn.length < 2 || polylineLength(drawn) < 4) {
    throw new SystolaError(
      'bad-request',
      'The stroke is too short for a contour. Draw from one mitral hinge over the apex to the other.',
    );
  }
  const wall = steady(resamplePolyline(drawn, wallSamples)).map(image);
  if (wall[0]![0] > wall[wall.length - 1]![0]) wall.reverse();
  const { points, apexIndex } = fitControlPoints(wall, farthestFromBase(wall, spacing));
  return { points, apexIndex, source: { kind: 'manual' }, confidence: null };
}

/** Control points of a closed contour that is drawn by hand. */
const closedPoints = 24;

/**
 * A contour without landmarks drawn by hand in one stroke round what it encloses; its ends are joined.
 *
 * @param stroke pointer positions in image pixels
 * @param spacing how wide pixels are for their height
 * @throws SystolaError `bad-request` when the stroke has no length or holds no numbers
 */
export function closedTraceFromStroke(stroke: readonly Point[], spacing: PixelSpacing = squarePixels): Trace {
  const { seen, image } = proportionOf(spacing);
  const drawn = withoutRepeats(stroke).map(seen);
  if (drawn.length < 3 || polylineLength(drawn) < 4) {
    throw new SystolaError('bad-request', 'The stroke is too short for a contour. Draw all round.');
  }
  const points = resampleClosed(steady(resamplePolyline(drawn, wallSamples)), closedPoints).map(image);
  return { points, apexIndex: null, source: { kind: 'manual' }, confidence: null };
}

/** The stroke with its trembling averaged out; the ends stay. */
function steady(wall: readonly Point[]): Point[] {
  const reach = Math.round(trembleShare * wall.length);
  return wall.map((point, i) => {
    const half = Math.min(reach, i, wall.length - 1 - i);
    if (half === 0 || distance(point, wall[0]!) === 0) return point;
    let x = 0;
    let y = 0;
    for (let k = i - half; k <= i + half; k++) {
      x += wall[k]![0];
      y += wall[k]![1];
    }
    return [x / (2 * half + 1), y / (2 * half + 1)];
  });
}
