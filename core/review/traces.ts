import { leftVentricularCavity, type StructureId } from '../structure/structure.ts';
import { hasLandmarks, type LandmarkedTrace, type Trace } from '../trace/trace.ts';
import type { ClipReview, FrameTraces } from './review.ts';

/** Where a contour is kept: every contour of a study has a place of its own. */
export interface TracePlace {
  readonly sopInstanceUid: string;
  readonly structure: StructureId;
  readonly frame: number;
}

const none: FrameTraces = {};
const known = new WeakMap<FrameTraces, Readonly<Record<number, LandmarkedTrace>>>();

/** Contours of a structure by frame; none where the clip has none of it. */
export function tracesOf(clip: ClipReview | undefined, structure: StructureId): FrameTraces {
  return (clip && Object.hasOwn(clip.traces, structure) ? clip.traces[structure] : undefined) ?? none;
}

export function traceAt(clip: ClipReview | undefined, structure: StructureId, frame: number): Trace | null {
  return tracesOf(clip, structure)[frame] ?? null;
}

/** Those contours of a structure that have hinges and an apex, by frame. */
export function landmarkedTraces(
  clip: ClipReview | undefined,
  structure: StructureId,
): Readonly<Record<number, LandmarkedTrace>> {
  const traces = tracesOf(clip, structure);
  let landmarked = known.get(traces);
  if (landmarked === undefined) {
    landmarked = Object.fromEntries(
      Object.entries(traces).filter((entry): entry is [string, LandmarkedTrace] => hasLandmarks(entry[1])),
    );
    known.set(traces, landmarked);
  }
  return landmarked;
}

/** The contours that volumes are measured on, by frame. */
export const cavityTraces = (clip: ClipReview | undefined): Readonly<Record<number, LandmarkedTrace>> =>
  landmarkedTraces(clip, leftVentricularCavity);

/** The clip with a contour put to its place, or taken from it. */
export function withTrace(
  clip: ClipReview,
  structure: StructureId,
  frame: number,
  trace: Trace | null,
): ClipReview {
  const { [frame]: _before, ...others } = tracesOf(clip, structure);
  return withTraces(clip, structure, trace === null ? others : { ...others, [frame]: trace });
}

/** The clip with all contours of a structure exchanged; a structure without contours is left out. */
export function withTraces(clip: ClipReview, structure: StructureId, traces: FrameTraces): ClipReview {
  const { [structure]: _before, ...others } = clip.traces;
  const empty = Object.keys(traces).length === 0;
  return { ...clip, traces: empty ? others : { ...others, [structure]: traces } };
}

/** Structures of which a clip has a contour on a frame, or on any where none is given. */
export function tracedStructures(clip: ClipReview | undefined, frame?: number): StructureId[] {
  return Object.keys(clip?.traces ?? {}).filter((structure) => {
    const traces = tracesOf(clip, structure);
    return frame === undefined ? Object.keys(traces).length > 0 : traces[frame] !== undefined;
  });
}
