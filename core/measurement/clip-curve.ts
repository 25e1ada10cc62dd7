import { calibrateClip } from '../clip/calibrate.ts';
import type { CalibrationResult } from '../clip/calibration.ts';
import type { ClipFacts } from '../clip/clip.ts';
import { governingPicture } from '../clip/pictures.ts';
import { pixelAspect } from '../clip/pixel-aspect.ts';
import type { PixelSpacing } from '../geometry/point.ts';
import { isPossibleVolume } from '../reference-limits/possible-volume.ts';
import type { ClipReview } from '../review/review.ts';
import { cavityTraces } from '../review/traces.ts';
import { measureInPicture, type TracedFrame } from './measure-in-picture.ts';

export type { TracedFrame };

export type CurveUnit = 'mL' | 'mm²' | 'px²';

/** What the contours of a clip come to, before any beat is looked for. */
export interface ClipCurve {
  readonly calibration: CalibrationResult;
  /** What contours are measured with: the calibration, else pixels in their true proportions (a pixel's height is 1). */
  readonly spacing: PixelSpacing;
  /** Index is the frame; null where there is no contour. */
  readonly frames: readonly (TracedFrame | null)[];
  readonly curve: readonly (number | null)[];
  readonly unit: CurveUnit;
}

/**
 * Measures each contour of a clip: volumes in mL, without calibration areas in px². A contour that leaves the
 * two-dimensional picture that governs the clip is not measured, nor one whose volume no heart has ({@link
 * withoutImpossible}).
 */
export function clipCurve(facts: ClipFacts, review: ClipReview): ClipCurve {
  const calibration = calibrateClip(facts, review.ruler, review.picture);
  const spacing = calibration.calibration ?? {
    mmPerPixelX: pixelAspect(facts, review.picture),
    mmPerPixelY: 1,
  };
  const calibrated = calibration.calibration !== null;
  const picture = governingPicture(facts, review.picture)?.box ?? null;
  const traces = cavityTraces(review);
  const all = Array.from({ length: facts.frames }, (_, frame): TracedFrame | null => {
    const trace = traces[frame] ?? null;
    return trace === null ? null : { frame, trace, ...measureInPicture(trace, spacing, picture) };
  });
  const frames = calibrated ? withoutImpossible(all) : all;
  return {
    calibration,
    spacing,
    frames,
    curve: frames.map((traced) => {
      const measures = traced?.measures ?? null;
      if (measures === null) return null;
      return calibrated ? measures.volume / 1000 : measures.area;
    }),
    unit: calibrated ? 'mL' : 'px²',
  };
}

/** A volume that is so many times that of any other frame is one contour's mistake, not the whole clip's. */
const outlierRatio = 1.35;

/**
 * Takes back the measures of frames whose volume no heart has. Where these go over into the volumes of other frames
 * the scale or all contours are wrong, and what is left would be a beat with its top cut off: then no frame keeps any.
 */
function withoutImpossible(frames: readonly (TracedFrame | null)[]): readonly (TracedFrame | null)[] {
  const volumes = frames.flatMap((traced) => (traced?.measures ? [traced.measures.volume / 1000] : []));
  const impossible = volumes.filter((volume) => !isPossibleVolume(volume));
  if (impossible.length === 0) return frames;
  const possible = volumes.filter(isPossibleVolume);
  const [low, high] = [Math.min(...possible), Math.max(...possible)];
  const outliersOnly = impossible.every(
    (volume) => volume > outlierRatio * high || volume * outlierRatio < low,
  );
  const whole = possible.length === 0 || !outliersOnly;
  return frames.map((traced) =>
    traced?.measures && (whole || !isPossibleVolume(traced.measures.volume / 1000))
      ? { ...traced, measures: null, problem: 'impossible-volume' }
      : traced,
  );
}
