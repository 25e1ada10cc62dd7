import type { Calibration } from '../../../core/clip/calibration.ts';
import type { Beat } from '../../../core/beat/beat.ts';
import type { StructureId } from '../../../core/structure/structure.ts';
import { tracedStructures, tracesOf } from '../../../core/review/traces.ts';
import { tracePolyline } from '../../../core/trace/spline.ts';
import { hasLandmarks, type Trace } from '../../../core/trace/trace.ts';
import type { ResearchClip } from './measurement-rows.ts';

/** A contour with where it stands. */
export interface ResearchContour {
  readonly clip: ResearchClip;
  readonly structure: StructureId;
  readonly frame: number;
  readonly phase: 'ed' | 'es' | null;
  readonly trace: Trace;
}

/** All contours of a clip, by structure and then by frame. */
export function contoursOf(clip: ResearchClip): ResearchContour[] {
  return tracedStructures(clip.review).flatMap((structure) =>
    Object.entries(tracesOf(clip.review, structure))
      .map(([key, trace]) => ({ frame: Number(key), trace }))
      .sort((a, b) => a.frame - b.frame)
      .map(({ frame, trace }) => ({
        ...{ clip, structure, frame, trace },
        phase: phaseOf(clip.measured.beats, frame),
      })),
  );
}

function phaseOf(beats: readonly Beat[], frame: number): 'ed' | 'es' | null {
  if (beats.some(({ edFrame, nextEdFrame }) => frame === edFrame || frame === nextEdFrame)) return 'ed';
  return beats.some(({ esFrame }) => frame === esFrame) ? 'es' : null;
}

/** A point of a contour. */
export interface ContourRow {
  readonly contour: ResearchContour;
  readonly kind: 'hinge' | 'apex' | 'control' | 'outline';
  /** Place among the control points, or among those of the outline. */
  readonly point: number;
  readonly x: number;
  readonly y: number;
  readonly calibration: Calibration | null;
}

/** Of a contour its control points, as they are stored, then its outline: what is measured and masked. */
export function* contourRows(contour: ResearchContour): Generator<ContourRow> {
  const { clip, trace } = contour;
  const { calibration } = clip.measured;
  for (const [point, [x, y]] of trace.points.entries()) {
    yield { contour, kind: kindOf(trace, point), point, x, y, calibration };
  }
  for (const [point, [x, y]] of tracePolyline(trace).entries()) {
    yield { contour, kind: 'outline', point, x: rounded(x), y: rounded(y), calibration };
  }
}

function kindOf(trace: Trace, point: number): 'hinge' | 'apex' | 'control' {
  if (!hasLandmarks(trace)) return 'control';
  if (point === trace.apexIndex) return 'apex';
  return point === 0 || point === trace.points.length - 1 ? 'hinge' : 'control';
}

/** A thousandth of a pixel: the outline is derived, and most of the table. */
const rounded = (value: number): number => Math.round(value * 1000) / 1000;
