import type { FrameRange } from '../../core/review/review.ts';

export type RangeEnd = 'from' | 'to';

/**
 * A range with one end at another frame: no farther than the corrections reach, and never so short that a corrected frame
 * lies outside.
 */
export function rangeWith(
  range: FrameRange,
  end: RangeEnd,
  frame: number,
  reach: FrameRange,
  anchors: readonly number[],
): FrameRange {
  const first = Math.min(...anchors);
  const last = Math.max(...anchors);
  return end === 'from'
    ? { ...range, from: Math.min(first, Math.max(reach.from, frame)) }
    : { ...range, to: Math.max(last, Math.min(reach.to, frame)) };
}
