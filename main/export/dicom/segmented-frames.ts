import type { ClipFacts } from '../../../core/clip/clip.ts';
import {
  leftVentricularCavity,
  leftVentricularWall,
  type StructureId,
} from '../../../core/structure/structure.ts';
import { rasterizeTrace } from '../../../core/trace/rasterize.ts';
import type { Trace } from '../../../core/trace/trace.ts';
import type { TracedRegion } from './traced-regions.ts';

/** One frame of a segmentation: where one structure is on one frame of the clip. */
export interface SegmentedFrame {
  readonly structure: StructureId;
  readonly frame: number;
  /** Row-major, 255 inside. */
  mask(): Uint8Array;
}

/** Contours of a clip as masks, by structure and frame. The wall is what lies within the epicardium without the cavity. */
export function segmentedFrames(
  { rows, columns }: Pick<ClipFacts, 'rows' | 'columns'>,
  regions: readonly TracedRegion[],
): SegmentedFrame[] {
  const cavities = new Map(
    regions
      .filter(({ structure }) => structure === leftVentricularCavity)
      .map(({ frame, trace }) => [frame, trace]),
  );
  return regions.map(({ structure, frame, trace }) => ({
    structure,
    frame,
    mask: () =>
      structure === leftVentricularWall
        ? without(rasterizeTrace(trace, rows, columns), cavities.get(frame), rows, columns)
        : rasterizeTrace(trace, rows, columns),
  }));
}

function without(mask: Uint8Array, cavity: Trace | undefined, rows: number, columns: number): Uint8Array {
  if (cavity === undefined) return mask;
  const inside = rasterizeTrace(cavity, rows, columns);
  for (let index = 0; index < mask.length; index++) if (inside[index] !== 0) mask[index] = 0;
  return mask;
}

/**
 * Masks as bits, frame after frame without a gap, the first pixel in the lowest bit of the first byte (PS3.5 section
 * 8.1.1 and annex D).
 */
export function packedBits(frames: readonly SegmentedFrame[], pixelsPerFrame: number): Uint8Array {
  const packed = new Uint8Array(Math.ceil((frames.length * pixelsPerFrame) / 8));
  frames.forEach((frame, index) => {
    const mask = frame.mask();
    const begin = index * pixelsPerFrame;
    for (let pixel = 0; pixel < pixelsPerFrame; pixel++) {
      const bit = begin + pixel;
      if (mask[pixel] !== 0) packed[bit >>> 3]! |= 1 << (bit & 7);
    }
  });
  return packed;
}
