import { nearestOnTrace } from './nearest.ts';
import { tracePolyline } from './spline.ts';
import type { Trace } from './trace.ts';

/** Farther from each other than this, two curves are seen to be two. */
const sameWithinPx = 0.5;

/**
 * Whether two contours are one to whoever looks at them: nowhere farther than half a pixel from each other, which is what
 * fitting moves the outline of a contour by and no hand draws.
 */
export const isSameContour = (one: Trace, other: Trace): boolean =>
  (one.apexIndex === null) === (other.apexIndex === null) && isWithin(one, other) && isWithin(other, one);

const isWithin = (one: Trace, other: Trace): boolean =>
  tracePolyline(one).every((point) => (nearestOnTrace(other, point)?.distancePx ?? Infinity) <= sameWithinPx);
