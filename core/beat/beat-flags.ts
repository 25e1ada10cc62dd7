import type { Beat } from './beat.ts';

/**
 * What is doubtful about a beat. `long`: a beat may not have been seen in it. `short`: it may be half a beat, or end
 * with an early one. `early`: an extrasystole. `after-early`: the beat after one, which is stronger than the others.
 */
export const beatFlagNames = ['long', 'short', 'early', 'after-early'] as const;
export type BeatFlag = (typeof beatFlagNames)[number];

/** Beats beyond these shares of the median length are flagged. */
export const longBeatRatio = 1.6;
export const shortBeatRatio = 0.6;
/** A beat is early when the one before it lasted less than this share of the median… */
const earlyRatio = 0.8;
/** …and it lasts at least this share itself: no extrasystole is followed by a shortened beat of the basic rhythm. */
const restRatio = 0.9;
/** Early beats are told from a basic rhythm: the other beats differ from the median by less than this share of it. */
const regularTolerance = 0.2;
const leastRegularBeats = 2;

/** Length of each beat from ED to ED in ms, null for one that the clip cuts off. */
export function cyclesMs(beats: readonly Beat[], frameTimesMs: readonly number[]): (number | null)[] {
  return beats.map(({ edFrame, nextEdFrame }) => {
    const from = frameTimesMs[edFrame];
    const to = nextEdFrame === null ? undefined : frameTimesMs[nextEdFrame];
    return from === undefined || to === undefined || to <= from ? null : to - from;
  });
}

/**
 * Flags of each beat, from their lengths alone. Where the rhythm is irregular throughout, as in atrial fibrillation,
 * there is nothing that a beat could come early for, and none is called early.
 */
export function beatFlags(
  beats: readonly Beat[],
  frameTimesMs: readonly number[],
): readonly (readonly BeatFlag[])[] {
  const cycles = cyclesMs(beats, frameTimesMs);
  const known = cycles.filter((cycle) => cycle !== null).sort((a, b) => a - b);
  // Of an even number the shorter of the two in the middle: of two beats one can only be long.
  const median = known[Math.floor((known.length - 1) / 2)];
  if (median === undefined) return beats.map(() => []);
  const last = frameTimesMs.length - 1;
  // On the last frame of a clip the ventricle may still be growing: such a beat is at least so long.
  const shorterThan = (index: number, share: number): boolean => {
    const cycle = cycles[index];
    return typeof cycle === 'number' && beats[index]!.nextEdFrame !== last && cycle < share * median;
  };
  const early = earlyBeats(cycles, median, shorterThan);
  return cycles.map((cycle, index): BeatFlag[] => [
    ...(cycle !== null && cycle > longBeatRatio * median ? (['long'] as const) : []),
    ...(shorterThan(index, shortBeatRatio) ? (['short'] as const) : []),
    ...(early[index] ? (['early'] as const) : []),
    ...(!early[index] && early[index - 1] ? (['after-early'] as const) : []),
  ]);
}

/** True for a beat that a reader is asked to leave out of the mean. */
export function isProposedForExclusion(flags: readonly BeatFlag[]): boolean {
  return flags.includes('early') || flags.includes('after-early');
}

function earlyBeats(
  cycles: readonly (number | null)[],
  median: number,
  shorterThan: (index: number, share: number) => boolean,
): readonly boolean[] {
  const early = cycles.map(() => false);
  for (let index = cycles.length - 1; index > 0; index--) {
    const follows = cycles[index - 1] !== null && shorterThan(index - 1, earlyRatio);
    // Several extrasystoles may follow each other.
    early[index] = follows && (!shorterThan(index, restRatio) || early[index + 1] === true);
  }
  const basic = cycles.filter((cycle, index) => cycle !== null && !early[index] && !early[index + 1]);
  const regular = basic.every((cycle) => Math.abs(cycle! - median) < regularTolerance * median);
  return regular && basic.length >= leastRegularBeats ? early : cycles.map(() => false);
}
