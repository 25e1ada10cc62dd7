import type { ConfidenceFeature, ConfidenceModel } from '../model/confidence.ts';
import { largestComponent } from './largest-component.ts';

/** What a frame's own probability map tells; `areaJump` needs the frames around it. */
export type MapFeatures = Readonly<Record<Exclude<ConfidenceFeature, 'areaJump'>, number>> & {
  /** Pixels above the threshold. */
  readonly areaPx: number;
};

/** Frames before and after one that its area is compared with. */
const jumpReach = 2;
/** Clips shorter than this have no jumps. */
const leastFramesForJumps = 3;

/**
 * Features of a probability map at the model's own resolution, as `models/gdkvm/studies/features.py` has them.
 *
 * @param probability row-major, rows × columns, 0…1
 */
export function mapFeatures(
  probability: Float32Array,
  rows: number,
  columns: number,
  threshold: number,
): MapFeatures {
  const above = new Float32Array(probability.length);
  let areaPx = 0;
  let peak = 0;
  let uncertain = 0;
  let undecided = 0;
  let decisiveness = 0;
  probability.forEach((p, index) => {
    if (p > peak) peak = p;
    if (p > threshold) {
      above[index] = 1;
      areaPx += 1;
    }
    if (p > 0.1 && p < 0.9) uncertain += 1;
    if (p > 0.02 && p < 0.98) {
      undecided += 1;
      decisiveness += Math.abs(2 * p - 1);
    }
  });
  const largest = largestComponent(above, rows, columns, 1)?.areaPx ?? 0;
  return {
    borderConfidence: undecided === 0 ? 1 : decisiveness / undecided,
    uncertainShare: uncertain / Math.max(1, areaPx),
    areaShare: areaPx / probability.length,
    peak,
    fragmentShare: areaPx === 0 ? 0 : (areaPx - largest) / areaPx,
    areaPx,
  };
}

/**
 * `areaJump` of a frame: how far its area is from the median over two frames before to two after, in shares of
 * that median.
 *
 * @param areasPx of the clip's frames, as far as they are known; null for a frame without a map, which is passed over
 */
export function areaJump(areasPx: readonly (number | null)[], frame: number): number {
  const own = areasPx[frame];
  if (own === null || own === undefined || areasPx.length < leastFramesForJumps) return 0;
  const around = areasPx
    .slice(Math.max(0, frame - jumpReach), frame + jumpReach + 1)
    .filter((area) => area !== null)
    .sort((a, b) => a - b);
  const middle = around.length >> 1;
  const median = around.length % 2 === 1 ? around[middle]! : (around[middle - 1]! + around[middle]!) / 2;
  return Math.abs(own - median) / Math.max(1, median);
}

/** The calibrated confidence of a frame, 0…1: below `limit` its contour is likely to be wrong. */
export function calibratedConfidence(
  { features, weights, bias }: Pick<ConfidenceModel, 'features' | 'weights' | 'bias'>,
  found: MapFeatures,
  jump: number,
): number {
  const sum = features.reduce(
    (total, name, index) => total + weights[index]! * (name === 'areaJump' ? jump : found[name]),
    bias,
  );
  return 1 / (1 + Math.exp(-sum));
}
