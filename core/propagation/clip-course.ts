import { fillGaps } from '../beat/smooth-curve.ts';
import { quantile } from '../beat/extrema.ts';
import { assumedFrameTimeMs } from '../clip/frame-times.ts';

/** Frames that lie this far apart in time are as far from each other as end-diastole is from end-systole. */
const phaseInTimeMs = 1800;
/** Frames on either side over which an area is taken for the median: what a few frames alone say is no phase. */
const neighbours = 2;
/** Ends of the areas of a clip, in shares of its frames. */
const smallestShare = 0.05;
const largestShare = 0.95;
/** A ventricle that changes by less than this share of its area is taken to change by as much: below are a model's errors. */
const leastChange = 0.1;

/** Where the frames of a clip lie in the cycle and in time. */
export class ClipCourse {
  readonly #phases: Float64Array | null;
  readonly #timesMs: readonly number[];

  /**
   * @param areas of the ventricle as the model found it, by frame, in any unit; null where it found none, which is taken
   *   to lie between the frames beside it
   * @param timesMs time of each frame; a table that says nothing (too short, not finite, falling, standing still) is one
   *   of evenly spaced frames
   */
  constructor(areas: readonly (number | null)[], timesMs: readonly number[]) {
    const evenly = Array.from(areas, (_, frame) => frame * assumedFrameTimeMs);
    this.#timesMs = isCourse(timesMs, areas.length) ? timesMs : evenly;
    this.#phases = phasesOf(areas, this.#timesMs);
  }

  /**
   * `√((ΔA / range)² + (Δt / 1.8 s)²)`: ΔA the difference of the areas, each the median of five frames; range what they
   * span over the clip, from the 5th to the 95th percentile, and a tenth of their median at least. Where no area is known
   * time alone counts.
   */
  distance(frame: number, other: number): number {
    const phase = (this.#phases?.[frame] ?? 0) - (this.#phases?.[other] ?? 0);
    const time = ((this.#timesMs[frame] ?? 0) - (this.#timesMs[other] ?? 0)) / phaseInTimeMs;
    return Math.hypot(phase, time);
  }
}

/** Areas in units of what they span; null where that is nothing. */
function phasesOf(areas: readonly (number | null)[], timesMs: readonly number[]): Float64Array | null {
  // An area of zero is no contour.
  const known = areas.map((area) => (area !== null && area > 0 ? area : null));
  const filled = fillGaps(known, timesMs);
  if (filled === null) return null;
  const last = filled.length - 1;
  const smooth = filled.map((_, frame) => {
    const around = Array.from({ length: 2 * neighbours + 1 }, (_, index) => frame + index - neighbours);
    return quantile(
      around.map((beside) => filled[Math.min(last, Math.max(0, beside))]!),
      0.5,
    );
  });
  const spread = quantile(smooth, largestShare) - quantile(smooth, smallestShare);
  const range = Math.max(spread, leastChange * quantile(smooth, 0.5));
  return range > 0 ? smooth.map((area) => area / range) : null;
}

function isCourse(timesMs: readonly number[], frames: number): boolean {
  const times = timesMs.slice(0, frames);
  return (
    times.length === frames &&
    times.every((time, frame) => Number.isFinite(time) && (frame === 0 || time >= times[frame - 1]!)) &&
    (frames < 2 || times.at(-1)! > times[0]!)
  );
}
