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
   * Adds a map of a frame, its log-odds weighted, to what was added of the frame before. A frame of which one is none has
   * none.
   *
   * @param weight 0…1; the weights of a frame add up to 1
   */
  add(frame: number, outcome: StepOutcome, weight: number): void {
    const sum = this.#maps.get(frame);
    if (sum !== undefined && !(sum instanceof Int16Array)) return;
    if (!(outcome instanceof Float32Array)) return void this.#maps.set(frame, outcome);
    const added = sum ?? new Int16Array(outcome.length);
    for (let index = 0; index < added.length; index += 1) {
      added[index] = fixed(added[index]! / scale + weight * logOdds(outcome[index]!));
    }
    this.#maps.set(frame, added);
  }

  /**
   * What the maps of a frame come to with the last of them; forgets those that were added.
   *
   * @param last overwritten
   */
  complete(frame: number, last: StepOutcome, weight: number): StepOutcome {
    const sum = this.#maps.get(frame);
    this.#maps.delete(frame);
    if (!(sum instanceof Int16Array)) return sum ?? last;
    if (!(last instanceof Float32Array)) return last;
    for (let index = 0; index < last.length; index += 1) {
      last[index] = probability(sum[index]! / scale + weight * logOdds(last[index]!));
    }
    return last;
  }
}

function packed(map: Float32Array): Int16Array {
  return Int16Array.from(map, (value) => fixed(logOdds(value)));
}

/** Weights that add up to 1 but for a rounding must not carry a sum past the end, where it would turn its sign. */
function fixed(odds: number): number {
  return Math.round(Math.min(mostLogOdds, Math.max(-mostLogOdds, odds)) * scale);
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
