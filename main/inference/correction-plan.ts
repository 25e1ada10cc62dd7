import type { Pass } from './passes.ts';

/** What one anchor is read for: it is written into an empty state, and every other frame reads that. */
export interface CorrectionPass extends Pass {
  readonly anchor: number;
}

export interface CorrectionPlan {
  /** In the order of their anchors. */
  readonly passes: readonly CorrectionPass[];
  /** Anchors whose states a frame reads: the nearest before it, the nearest after it, or both; ascending. */
  anchorsOf(frame: number): readonly number[];
  /** Weight of the later of two anchors, 0…1: linear in time, so that each rules at its own end. */
  laterShare(frame: number): number;
}

/** Of all anchors those that frames of a range read: those inside, the nearest before it and the nearest after it. */
export function anchorsFor(
  anchors: Iterable<number>,
  { from, to }: { readonly from: number; readonly to: number },
): number[] {
  const sorted = [...anchors].sort((a, b) => a - b);
  const first = sorted.findLast((anchor) => anchor < from) ?? from;
  const last = sorted.find((anchor) => anchor > to) ?? to;
  return sorted.filter((anchor) => anchor >= first && anchor <= last);
}

/**
 * Which frame reads which anchor. A pass writes its anchor first; then come the frames before it, the nearest first, and
 * then those after it, so that frames between two anchors are complete as soon as the later one is read.
 *
 * @param anchors ascending
 * @param moved frames that are to be read, ascending; no anchors among them
 * @param timesMs time of each frame of the clip
 */
export function planCorrections(
  anchors: readonly number[],
  moved: readonly number[],
  timesMs: readonly number[],
): CorrectionPlan {
  const timeOf = (frame: number): number => timesMs[frame] ?? frame;
  const anchorsOf = (frame: number): number[] =>
    [anchors.findLast((anchor) => anchor < frame), anchors.find((anchor) => anchor > frame)].filter(
      (anchor) => anchor !== undefined,
    );
  const passes = anchors.map((anchor) => {
    const read = moved.filter((frame) => anchorsOf(frame).includes(anchor));
    const before = read.filter((frame) => frame < anchor).reverse();
    const after = read.filter((frame) => frame > anchor);
    return { anchor, frames: [anchor, ...before, ...after], silentSteps: 1 };
  });
  return {
    passes: passes.filter(({ frames }) => frames.length > 1),
    anchorsOf,
    laterShare: (frame) => {
      const [earlier, later] = anchorsOf(frame);
      if (earlier === undefined || later === undefined) return 0;
      const wholeMs = timeOf(later) - timeOf(earlier);
      // A table of times that stands still tells nothing; then frames count.
      return wholeMs > 0
        ? (timeOf(frame) - timeOf(earlier)) / wholeMs
        : (frame - earlier) / (later - earlier);
    },
  };
}
