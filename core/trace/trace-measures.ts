import type { Box, PixelSpacing, Point } from '../geometry/point.ts';
import { boundingBox, polygonArea } from '../geometry/polygon.ts';
import { areaLengthVolume } from '../volume/area-length.ts';
import { type DiskChord, diskChords, diskDiameters, type Plane, singlePlaneVolume } from '../volume/disks.ts';
import { basalTiltDegrees, inMillimetres, longAxis, type LongAxis } from '../volume/long-axis.ts';
import { traceProblem } from './problem.ts';
import { tracePolyline } from './spline.ts';
import type { LandmarkedTrace, Trace, TraceProblem } from './trace.ts';

/** Everything that is measured on one contour; lengths in mm, or in pixels where no spacing was given. */
export interface TraceMeasures {
  readonly plane: Plane;
  /** Single-plane method of disks and area–length, in cubed units of length. */
  readonly volume: number;
  readonly areaLengthVolume: number;
  readonly area: number;
  readonly basalTiltDegrees: number;
}

export type TraceMeasuresResult =
  | { readonly measures: TraceMeasures; readonly problem: null }
  | { readonly measures: null; readonly problem: TraceProblem };

interface Known {
  readonly mmPerPixelX: number;
  readonly mmPerPixelY: number;
  readonly result: TraceMeasuresResult;
}

/** By trace object: a trace never changes, and while one is dragged the others keep their measures. */
const known = new WeakMap<LandmarkedTrace, Known>();
const boxes = new WeakMap<Trace, Box>();

/**
 * Measures of a trace, once per trace and spacing.
 *
 * @param spacing mm per pixel; null measures in pixels taken as square
 */
export function measureTrace(trace: LandmarkedTrace, spacing: PixelSpacing | null): TraceMeasuresResult {
  const mmPerPixelX = spacing?.mmPerPixelX ?? 1;
  const mmPerPixelY = spacing?.mmPerPixelY ?? 1;
  const before = known.get(trace);
  if (before !== undefined && before.mmPerPixelX === mmPerPixelX && before.mmPerPixelY === mmPerPixelY) {
    return before.result;
  }
  const result = compute(trace, { mmPerPixelX, mmPerPixelY });
  known.set(trace, { mmPerPixelX, mmPerPixelY, result });
  return result;
}

/** Smallest box around the trace's curve, image pixels. */
export function traceBox(trace: Trace): Box | null {
  let box = boxes.get(trace);
  if (box === undefined) {
    box = boundingBox(tracePolyline(trace)) ?? undefined;
    if (box !== undefined) boxes.set(trace, box);
  }
  return box ?? null;
}

/** The three points that make the long axis: both hinges and the apex. */
export function landmarks(trace: LandmarkedTrace): { first: Point; second: Point; apex: Point } {
  return {
    first: trace.points[0]!,
    second: trace.points[trace.points.length - 1]!,
    apex: trace.points[trace.apexIndex]!,
  };
}

/**
 * The disks that the trace's volume is the sum of, each as its chords, image pixels. They are perpendicular to the long
 * axis in millimetres, so that unequal spacings slant them.
 */
export function traceDisks(trace: LandmarkedTrace, spacing: PixelSpacing): readonly (readonly DiskChord[])[] {
  if (traceProblem(trace) !== null) return [];
  const { polygon, axis } = seenInMillimetres(trace, spacing);
  const inPixels = ([x, y]: Point): Point => [x / spacing.mmPerPixelX, y / spacing.mmPerPixelY];
  return diskChords(polygon, axis).map((chords) =>
    chords.map(([from, to]): DiskChord => [inPixels(from), inPixels(to)]),
  );
}

interface SeenInMillimetres {
  readonly polygon: readonly Point[];
  readonly first: Point;
  readonly second: Point;
  readonly apex: Point;
  readonly axis: LongAxis;
}

function seenInMillimetres(trace: LandmarkedTrace, spacing: PixelSpacing): SeenInMillimetres {
  const polygon = inMillimetres(tracePolyline(trace), spacing);
  const marks = landmarks(trace);
  const [first, second, apex] = inMillimetres([marks.first, marks.second, marks.apex], spacing) as [
    Point,
    Point,
    Point,
  ];
  return { polygon, first, second, apex, axis: longAxis(first, second, apex) };
}

function compute(trace: LandmarkedTrace, spacing: PixelSpacing): TraceMeasuresResult {
  const problem = traceProblem(trace);
  if (problem !== null) return { measures: null, problem };
  const { polygon, first, second, apex, axis } = seenInMillimetres(trace, spacing);
  const plane: Plane = { length: axis.length, diameters: diskDiameters(polygon, axis) };
  const area = polygonArea(polygon);
  const volume = singlePlaneVolume(plane);
  const byAreaAndLength = areaLengthVolume(area, axis.length);
  // Coordinates that are finite but absurd overflow only here.
  if (![axis.length, area, volume, byAreaAndLength].every(Number.isFinite)) {
    return { measures: null, problem: 'not-finite' };
  }
  if (!(volume > 0)) return { measures: null, problem: 'zero-area' };
  return {
    measures: {
      plane,
      volume,
      areaLengthVolume: byAreaAndLength,
      area,
      basalTiltDegrees: basalTiltDegrees(first, second, apex),
    },
    problem: null,
  };
}
