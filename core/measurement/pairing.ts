import type { ClipStage } from '../clip/clip.ts';
import { sameStage } from '../clip/stage.ts';
import type { MeasuredClip } from './choose-clip.ts';

/** Why two clips are no biplane without the reader's word. */
export type PairObstacle = 'stages-differ' | 'heart-rates-differ';

/** Heart rates that differ by more than this share of the slower one are two states of the heart. */
export const heartRateTolerance = 0.2;

/**
 * What stands against combining two clips: recorded in different stages, or at heart rates more than 20 % apart. A
 * rate that nothing states or shows is not compared.
 *
 * @param stageOf stage of a clip by its SOP Instance UID, as the study tells its stages apart
 */
export function pairObstacle(
  a4c: MeasuredClip,
  a2c: MeasuredClip,
  stageOf: (sopInstanceUid: string) => ClipStage | null,
): PairObstacle | null {
  if (!sameStage(stageOf(a4c.facts.sopInstanceUid), stageOf(a2c.facts.sopInstanceUid)))
    return 'stages-differ';
  return heartRatesDiffer(clipHeartRate(a4c), clipHeartRate(a2c)) ? 'heart-rates-differ' : null;
}

/** The heart rate that a clip states, else the one that its frame times give, beats a minute. */
export function clipHeartRate({ facts, numbers }: MeasuredClip): number | null {
  if (facts.heartRateBpm !== null && facts.heartRateBpm > 0) return facts.heartRateBpm;
  return numbers.measurements.find(({ name, beat }) => name === 'HR' && beat === null)?.value ?? null;
}

function heartRatesDiffer(a: number | null, b: number | null): boolean {
  if (a === null || b === null) return false;
  const [slow, fast] = a < b ? [a, b] : [b, a];
  // 35 and 42 are 20 % apart, which binary fractions make a little more of.
  return fast - slow > heartRateTolerance * slow + 1e-9;
}

/** Clips of two views that go together. */
export interface ClipPair {
  readonly a4c: MeasuredClip;
  readonly a2c: MeasuredClip;
}

/**
 * The best pair that nothing stands against, both lists the best clip first; of equals the one with the better A4C.
 */
export function compatiblePair(
  a4c: readonly MeasuredClip[],
  a2c: readonly MeasuredClip[],
  obstacle: (pair: ClipPair) => PairObstacle | null,
): ClipPair | null {
  for (const left of a4c) {
    for (const right of a2c) {
      const pair = { a4c: left, a2c: right };
      if (obstacle(pair) === null) return pair;
    }
  }
  return null;
}
