import type { Beat } from '../beat/beat.ts';
import type { PixelSpacing } from '../geometry/point.ts';
import type { FrameRange } from '../review/review.ts';
import { hasLandmarks, type LandmarkedTrace, type Trace } from '../trace/trace.ts';
import { displaced, displacementBetween, type Displacement } from './displacement.ts';
import { Reach } from './reach.ts';

export interface CarriedCorrections {
  /** What the model drew, by frame: what corrections are compared with and added to. */
  readonly drawn: ReadonlyMap<number, Trace | null>;
  /** All that the reader corrected or drew, by frame. */
  readonly corrected: ReadonlyMap<number, Trace>;
  /** Those that are carried on; the others only bound how far. */
  readonly anchors: readonly number[];
  readonly beats: readonly Beat[];
  /** Time of each frame of the clip, ms. */
  readonly timesMs: readonly number[];
  /** mm per pixel, or the pixels' proportions where nothing calibrates the clip. */
  readonly spacing: PixelSpacing;
  /** Where the reader wants them to end; null: as far as they reach. */
  readonly range: FrameRange | null;
}

/** Contours that follow corrections, by frame. */
export interface Carried {
  /** Corrections that had something to be compared with. */
  readonly anchors: readonly number[];
  /** First and last frame that these reach; null without any. */
  readonly reach: FrameRange | null;
  /** Only frames that have another contour than the model drew. */
  readonly traces: ReadonlyMap<number, Trace>;
}

/** A correction that moved no place by more than this is none, mm (or heights of a pixel). */
const leastMoveMm = 0.01;

/**
 * Corrections carried over the frames around them by geometry: how a reader moved the contour, added to what the model
 * drew on the other frames as far as {@link Reach} says. A frame where the model drew nothing stays empty, and a contour
 * drawn where it drew nothing has nothing to be compared with, so that it carries nothing.
 */
export function carryDisplacement(request: CarriedCorrections): Carried {
  const { drawn, corrected, beats, timesMs, spacing } = request;
  const displacements = new Map<number, Displacement>();
  for (const [frame, trace] of corrected) {
    const before = drawn.get(frame);
    if (before && hasLandmarks(before) && hasLandmarks(trace)) {
      displacements.set(frame, displacementBetween(before, trace, spacing));
    }
  }
  const all = [...corrected.keys()].sort((a, b) => a - b);
  const anchors = request.anchors.filter((frame) => displacements.has(frame));
  const reach = new Reach(all, beats, timesMs);
  if (anchors.length === 0) return { anchors, reach: null, traces: new Map() };
  const { from = 0, to = Infinity } = request.range ?? {};
  const traces = new Map<number, Trace>();
  for (const frame of reach.frames(anchors)) {
    const before = drawn.get(frame);
    if (frame < from || frame > to || !before || !hasLandmarks(before)) continue;
    const after = carriedTo(before, reach.weights(frame), displacements, spacing);
    if (after !== null) traces.set(frame, after);
  }
  return { anchors, reach: reach.range(anchors), traces };
}

function carriedTo(
  before: LandmarkedTrace,
  found: ReturnType<Reach['weights']>,
  displacements: ReadonlyMap<number, Displacement>,
  spacing: PixelSpacing,
): Trace | null {
  if (before.source.kind !== 'model') return null;
  const counted = found.flatMap(({ anchor, ...weights }) => {
    const displacement = displacements.get(anchor);
    return displacement === undefined || !(weights.weight > 0) ? [] : [{ anchor, displacement, ...weights }];
  });
  const moving = counted.filter(({ displacement }) => moves(displacement));
  if (moving.length === 0) return null;
  const points = displaced(before, counted, spacing);
  if (points === null) return null;
  const { kind: _kind, ...model } = before.source;
  const from = counted.map(({ anchor }) => anchor);
  return { ...before, points, source: { kind: 'propagated', from, way: 'displacement', ...model } };
}

function moves({ shiftMm, tangentialMm, normalMm }: Displacement): boolean {
  return [...shiftMm, ...tangentialMm, ...normalMm].some(
    (millimetres) => Math.abs(millimetres) > leastMoveMm,
  );
}
