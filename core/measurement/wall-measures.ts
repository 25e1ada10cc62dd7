import type { PixelSpacing } from '../geometry/point.ts';
import { polylineLength } from '../geometry/polygon.ts';
import { lineBetween } from '../geometry/smooth-line.ts';
import { wallThickness, type WallThickness } from '../myocardium/wall-thickness.ts';
import { smoothTrace } from '../trace/smooth-trace.ts';
import type { LandmarkedTrace } from '../trace/trace.ts';

/** What the contours of cavity and wall of one frame come to together, in mm or pixels. */
export interface WallMeasures {
  /** Of the line half way between endocardium and epicardium. */
  readonly midWallLength: number;
  readonly thickness: WallThickness;
}

interface Known extends WallMeasures, PixelSpacing {
  readonly cavity: LandmarkedTrace;
}

/** By the wall's contour: while one contour is dragged those of the other frames keep their measures. */
const known = new WeakMap<LandmarkedTrace, Known>();

export function wallMeasures(
  cavity: LandmarkedTrace,
  wall: LandmarkedTrace,
  spacing: PixelSpacing,
): WallMeasures {
  const { mmPerPixelX, mmPerPixelY } = spacing;
  const before = known.get(wall);
  const same =
    before?.cavity === cavity && before.mmPerPixelX === mmPerPixelX && before.mmPerPixelY === mmPerPixelY;
  if (same) return before;
  const endocardium = smoothTrace(cavity, spacing).line;
  const epicardium = smoothTrace(wall, spacing).line;
  const measures = {
    midWallLength: polylineLength(lineBetween(endocardium, epicardium)),
    thickness: wallThickness(endocardium, epicardium),
  };
  known.set(wall, { ...measures, cavity, mmPerPixelX, mmPerPixelY });
  return measures;
}
