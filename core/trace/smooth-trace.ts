import type { PixelSpacing, Point } from '../geometry/point.ts';
import { polylineLength } from '../geometry/polygon.ts';
import { smoothLine } from '../geometry/smooth-line.ts';
import { inMillimetres } from '../volume/long-axis.ts';
import { tracePolyline } from './spline.ts';
import type { LandmarkedTrace } from './trace.ts';

/** A contour from hinge to hinge without the base line and without its unevenness. */
export interface SmoothTrace {
  /** In mm, or in the pixels' proportions where no scale is known. */
  readonly line: readonly Point[];
  readonly length: number;
}

interface Known extends SmoothTrace, PixelSpacing {}

/** By trace object, as its measures are. */
const known = new WeakMap<LandmarkedTrace, Known>();

/** The contour as lengths and thicknesses are measured on it, once per trace and spacing; see `smoothLine`. */
export function smoothTrace(trace: LandmarkedTrace, spacing: PixelSpacing): SmoothTrace {
  const { mmPerPixelX, mmPerPixelY } = spacing;
  const before = known.get(trace);
  if (before?.mmPerPixelX === mmPerPixelX && before.mmPerPixelY === mmPerPixelY) return before;
  const line = smoothLine(inMillimetres(tracePolyline(trace), spacing));
  const smooth = { line, length: polylineLength(line), mmPerPixelX, mmPerPixelY };
  known.set(trace, smooth);
  return smooth;
}
