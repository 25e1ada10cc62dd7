import type { StepOutcome, UnsegmentedReason } from './step-outcome.ts';

/** Probabilities nearer to 0 or 1 count as this near: 8e-7. */
const mostLogOdds = 14;
/** Fixed point with 16 bits: an error of 0.0002 in log-odds, of 0.00005 at most in probability. */
const scale = 32_767 / mostLogOdds;

/** Maps of frames, kept by their log-odds in half the memory of float32. */
export class LogOddsMaps {
  readonly #maps = new Map<number, Int16Array | UnsegmentedReason>();

  keep(frame: number, outcome: StepOutcome): void {
    this.#maps.set(frame, outcome instanceof Float32Array ? packed(outcome) : outcome);
  }

  /** What was kept of a frame, as a copy; null where nothing was. */
  of(frame: number): StepOutcome | null {
    const kept = this.#maps.get(frame);
    if (!(kept instanceof Int16Array)) return kept ?? null;
    return Float32Array.from(kept, (value) => probability(value / scale));
  }

  /**
   * What lies between the map that was kept of a frame and another of it, log-odds linear from one to the other; forgets
   * the kept one. A frame of which either is none has none.
   *
   * @param later overwritten
   * @param laterShare 0: the kept one, 1: `later`
   */
  blend(frame: number, later: StepOutcome, laterShare: number): StepOutcome {
    const earlier = this.#maps.get(frame);
    this.#maps.delete(frame);
    if (!(earlier instanceof Int16Array)) return earlier ?? later;
    if (!(later instanceof Float32Array)) return later;
    for (let index = 0; index < later.length; index += 1) {
      const from = earlier[index]! / scale;
      later[index] = probability(from + laterShare * (logOdds(later[index]!) - from));
    }
    return later;
  }
}

function packed(map: Float32Array): Int16Array {
  return Int16Array.from(map, (value) => Math.round(logOdds(value) * scale));
}

function logOdds(value: number): number {
  const odds = Math.log(value / (1 - value));
  // A model may go past 0 and 1 by a rounding.
  if (Number.isNaN(odds)) return value < 0.5 ? -mostLogOdds : mostLogOdds;
  return Math.min(mostLogOdds, Math.max(-mostLogOdds, odds));
}

function probability(odds: number): number {
  return 1 / (1 + Math.exp(-odds));
}
