import type { StateTensors } from './protocol.ts';

/** A state of the recurrence, and how many frames of a pass it has seen. */
export interface KeptCheckpoint {
  readonly steps: number;
  readonly state: StateTensors;
}

interface Entry extends KeptCheckpoint {
  readonly key: string;
  /** Frames that the memory has seen, in that order: with the key all that the state depends on. */
  readonly seen: readonly number[];
  readonly bytes: number;
}

/**
 * Checkpoints of passes that have ended, so that another pass over the same pictures need not begin at the start of
 * the clip. Bounded by bytes; what was not used for the longest goes first. Only a model's own states belong here:
 * none in which a mask was given.
 */
export class CheckpointShelf {
  readonly #mostBytes: number;
  /** The least recently used first. */
  #entries: Entry[] = [];
  #bytes = 0;

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Keeps a state.
   * @param key everything that decides the state but the frames: model, provider, pictures
   * @param state not changed by anybody afterwards
   */
  keep(key: string, seen: readonly number[], state: StateTensors): void {
    const bytes = state.reduce((sum, tensor) => sum + tensor.byteLength, 8 * seen.length);
    if (bytes > this.#mostBytes) return;
    const same = this.#entries.find((entry) => entry.key === key && areEqual(entry.seen, seen));
    if (same !== undefined) this.#remove(same);
    this.#entries.push({ key, seen, steps: seen.length, state, bytes });
    this.#bytes += bytes;
    while (this.#bytes > this.#mostBytes) this.#remove(this.#entries[0]!);
  }

  /** The state that has seen the most of these frames, in this order and nothing else; null when none is kept. */
  nearest(key: string, frames: readonly number[]): KeptCheckpoint | null {
    let found: Entry | null = null;
    for (const entry of this.#entries) {
      if (entry.key === key && entry.steps > (found?.steps ?? 0) && isBeginning(entry.seen, frames))
        found = entry;
    }
    if (found === null) return null;
    this.#entries = [...this.#entries.filter((entry) => entry !== found), found];
    return found;
  }

  clear(): void {
    this.#entries = [];
    this.#bytes = 0;
  }

  #remove(entry: Entry): void {
    this.#entries = this.#entries.filter((kept) => kept !== entry);
    this.#bytes -= entry.bytes;
  }
}

function isBeginning(part: readonly number[], whole: readonly number[]): boolean {
  return part.length <= whole.length && part.every((frame, step) => frame === whole[step]);
}

function areEqual(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && isBeginning(a, b);
}
