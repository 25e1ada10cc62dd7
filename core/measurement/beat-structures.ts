import type { Beat } from '../beat/beat.ts';
import type { ClipTiming } from '../clip/timing.ts';
import type { WallThickness } from '../myocardium/wall-thickness.ts';
import { smoothTrace } from '../trace/smooth-trace.ts';
import type { LandmarkedTrace } from '../trace/trace.ts';
import type { TraceMeasures } from '../trace/trace-measures.ts';
import type { MeasuredBeat } from './beat-measurements.ts';
import type { ClipCurve } from './clip-curve.ts';
import type { TracedFrame } from './measure-in-picture.ts';
import type { StructureFrames } from './structure-frames.ts';
import { wallMeasures, type WallMeasures } from './wall-measures.ts';

/** A frame of a beat with a contour that could be measured. */
export interface MeasuredFrame {
  readonly frame: number;
  readonly measures: TraceMeasures;
}

/** The atrium of one beat at its largest and its smallest. */
export interface BeatAtrium {
  /** Before the mitral valve opens. */
  readonly largest: MeasuredFrame;
  /** When the mitral valve closes; null where no frame about ED has a contour. */
  readonly smallest: MeasuredFrame | null;
}

/** Lengths of one line over the ventricle at ED and ES, in mm or pixels. */
export interface LineLengths {
  readonly ed: number;
  readonly es: number;
}

/** What a measured beat has beside the volumes of its cavity. */
export interface BeatStructures {
  readonly index: number;
  readonly beat: Beat;
  readonly endocardium: LineLengths;
  /** null where ED or ES has no contour of the wall. */
  readonly midWall: LineLengths | null;
  /** At ED; null where it has no contour of the wall. */
  readonly thickness: WallThickness | null;
  /** null where no frame about ES has a contour of the atrium. */
  readonly atrium: BeatAtrium | null;
}

/**
 * So far from the beat's ED and ES the atrium's extremes are looked for, ms: the mitral valve opens some 60 to 100 ms after
 * the aortic valve has closed, and what is drawn on one frame of a beat may stand beside its mark. A choice.
 */
const windowMs = 100;

/** Wall and atrium of the beats whose cavity is measured, read at the same ED and ES. */
export function beatStructures(
  beats: readonly MeasuredBeat[],
  curve: Pick<ClipCurve, 'frames' | 'spacing'>,
  { wall, atrium }: StructureFrames,
  timing: ClipTiming,
): BeatStructures[] {
  const { spacing } = curve;
  return beats.map(({ index, beat }): BeatStructures => {
    const cavity = { ed: curve.frames[beat.edFrame]!.trace, es: curve.frames[beat.esFrame]!.trace };
    const ofWall = (frame: number, ofCavity: LandmarkedTrace): WallMeasures | null => {
      const traced = wall.get(frame);
      return traced?.measures ? wallMeasures(ofCavity, traced.trace, spacing) : null;
    };
    const [edWall, esWall] = [ofWall(beat.edFrame, cavity.ed), ofWall(beat.esFrame, cavity.es)];
    return {
      index,
      beat,
      endocardium: {
        ed: smoothTrace(cavity.ed, spacing).length,
        es: smoothTrace(cavity.es, spacing).length,
      },
      midWall: edWall && esWall && { ed: edWall.midWallLength, es: esWall.midWallLength },
      thickness: edWall?.thickness ?? null,
      atrium: beatAtrium(beat, atrium, timing),
    };
  });
}

/**
 * The atrium at its largest about the beat's ES, before the mitral valve opens, and at its smallest about its ED, when it
 * closes (ASE/EACVI 2015), by area. Where the sector cuts it off on one of the frames that are asked, the extreme is not
 * known: the largest of the others would be no largest.
 */
function beatAtrium(
  { edFrame, esFrame, nextEdFrame }: Beat,
  atrium: ReadonlyMap<number, TracedFrame>,
  { frameTimesMs }: ClipTiming,
): BeatAtrium | null {
  const about = (mark: number, other: number): TracedFrame[] =>
    [...atrium.values()].filter(({ frame }) => {
      const apart = Math.abs(frameTimesMs[frame]! - frameTimesMs[mark]!);
      // Between the two marks the nearer one has the frame.
      const ownSide = Math.abs(frame - mark) < Math.abs(frame - other);
      const ofBeat = nextEdFrame === null || frame < nextEdFrame;
      return apart <= windowMs && ownSide && ofBeat;
    });
  const largest = extreme(about(esFrame, edFrame), 1);
  if (largest === null) return null;
  return { largest, smallest: extreme(about(edFrame, esFrame), -1) };
}

/** The frame of the largest area (sign 1) or the smallest (−1); of equals the first. */
function extreme(traced: readonly TracedFrame[], sign: 1 | -1): MeasuredFrame | null {
  if (traced.some(({ problem }) => problem === 'cut-off')) return null;
  const frames = traced.flatMap(({ frame, measures }) => (measures === null ? [] : [{ frame, measures }]));
  return frames.reduce<MeasuredFrame | null>(
    (best, one) => (best === null || sign * one.measures.area > sign * best.measures.area ? one : best),
    null,
  );
}
