import { calibrateContour } from '../clip/calibrate.ts';
import type { CalibrationResult } from '../clip/calibration.ts';
import type { ClipFacts } from '../clip/clip.ts';
import type { Box, Point } from '../geometry/point.ts';
import type { ClipReview } from '../review/review.ts';
import type { Trace, TraceProblem } from '../trace/trace.ts';
import { measureTrace, traceBox, type TraceMeasures } from '../trace/trace-measures.ts';

export type CurveUnit = 'mL' | 'mm²' | 'px²';

/** One frame of a clip with its contour; `measures` is null where the contour cannot be measured. */
export interface TracedFrame {
  readonly frame: number;
  readonly trace: Trace;
  readonly measures: TraceMeasures | null;
  readonly problem: TraceProblem | null;
}

/** What the contours of a clip come to, before any beat is looked for. */
export interface ClipCurve {
  readonly calibration: CalibrationResult;
  /** Index is the frame; null where there is no contour. */
  readonly frames: readonly (TracedFrame | null)[];
  readonly curve: readonly (number | null)[];
  readonly unit: CurveUnit;
}

/** Calibrates a clip by its contours and measures each of them: volumes in mL, without calibration areas in px². */
export function clipCurve(facts: ClipFacts, review: ClipReview): ClipCurve {
  const traces: (Trace | null)[] = [];
  let box: Box | null = null;
  for (let frame = 0; frame < facts.frames; frame++) {
    const trace = review.traces[frame] ?? null;
    traces.push(trace);
    if (trace !== null) box = union(box, traceBox(trace));
  }
  const calibration = calibrateContour(facts, review.ruler, corners(box));
  const frames = traces.map((trace, frame): TracedFrame | null => {
    if (trace === null) return null;
    return { frame, trace, ...measureTrace(trace, calibration.calibration) };
  });
  const calibrated = calibration.calibration !== null;
  return {
    calibration,
    frames,
    curve: frames.map((traced) => {
      const measures = traced?.measures ?? null;
      if (measures === null) return null;
      return calibrated ? measures.volume / 1000 : measures.area;
    }),
    unit: calibrated ? 'mL' : 'px²',
  };
}

function union(a: Box | null, b: Box | null): Box | null {
  if (a === null || b === null) return a ?? b;
  return {
    minX: Math.min(a.minX, b.minX),
    minY: Math.min(a.minY, b.minY),
    maxX: Math.max(a.maxX, b.maxX),
    maxY: Math.max(a.maxY, b.maxY),
  };
}

function corners(box: Box | null): Point[] {
  if (box === null) return [];
  return [
    [box.minX, box.minY],
    [box.maxX, box.maxY],
  ];
}
