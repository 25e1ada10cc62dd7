import type { Beat } from './beat.ts';

/** A mark holds for an ED that is found again within this share of its beat's length. */
const reachShare = 0.25;

/** Which beats a reader's exclusions mean. */
export interface Exclusions {
  /** The mark that excludes a beat, by the beat's index. */
  readonly markOf: ReadonlyMap<number, number>;
  /** Marks near which no beat begins any more. */
  readonly lost: readonly number[];
}

/**
 * The beats that a reader excluded. A mark is the ED frame that a beat had when it was excluded; another run may find
 * that ED some frames away, so a mark means the beat whose ED is nearest, within a quarter of that beat's length.
 */
export function exclusionsOf(beats: readonly Beat[], marks: readonly number[] | null): Exclusions {
  const markOf = new Map<number, number>();
  const lost: number[] = [];
  for (const mark of marks ?? []) {
    const nearest = beats.reduce<number | null>(
      (best, { edFrame }, index) =>
        best === null || Math.abs(edFrame - mark) < Math.abs(beats[best]!.edFrame - mark) ? index : best,
      null,
    );
    if (nearest === null || Math.abs(beats[nearest]!.edFrame - mark) > reachShare * length(beats, nearest)) {
      lost.push(mark);
    } else markOf.set(nearest, mark);
  }
  return { markOf, lost };
}

/**
 * Marks for beats that a reader changed by hand, so that an exclusion goes with its beat however far its ED was moved,
 * and ends with it.
 *
 * @param sameBeat index in `after` of each beat of `before`; null for one that was removed
 */
export function movedExclusions(
  before: readonly Beat[],
  after: readonly Beat[],
  sameBeat: (index: number) => number | null,
  marks: readonly number[] | null,
): readonly number[] | null {
  if (marks === null) return null;
  const { markOf, lost } = exclusionsOf(before, marks);
  const kept = [...markOf].flatMap(([index, mark]) => {
    const now = sameBeat(index);
    const beat = now === null ? undefined : after[now];
    if (beat === undefined) return [];
    return [beat.edFrame === before[index]!.edFrame ? mark : beat.edFrame];
  });
  return [...new Set([...kept, ...lost])].sort((a, b) => a - b);
}

/** In frames; of a beat that the clip cuts off as long as the one before, else twice its fall. */
function length(beats: readonly Beat[], index: number): number {
  const { edFrame, esFrame, nextEdFrame } = beats[index]!;
  const next = nextEdFrame ?? beats[index + 1]?.edFrame;
  if (next !== undefined) return Math.abs(next - edFrame);
  const previous = beats[index - 1];
  return previous === undefined ? 2 * Math.abs(esFrame - edFrame) : Math.abs(edFrame - previous.edFrame);
}

/** Marks after a beat was excluded or taken back; whatever else was excluded stays so. */
export function withExclusion(
  beats: readonly Beat[],
  marks: readonly number[] | null,
  index: number,
  excluded: boolean,
): readonly number[] {
  const others = (marks ?? []).filter((mark) => !exclusionsOf(beats, [mark]).markOf.has(index));
  const edFrame = beats[index]?.edFrame;
  const after = excluded && edFrame !== undefined ? [...others, edFrame] : others;
  return [...new Set(after)].sort((a, b) => a - b);
}
