import type { Beat } from '../beat/beat.ts';
import type { FrameRange } from '../review/review.ts';

/** A corrected frame and how much of its correction counts on another frame, 0…1. */
export interface AnchorWeight {
  readonly anchor: number;
  readonly weight: number;
  /** What counts of its change of size, which does not fade towards the opposite phase. */
  readonly sizeWeight: number;
}

/** What is left of a correction at the opposite phase of the cycle. */
const weightAtOppositePhase = 0.5;
/** On the very next frame no less than this is left, however few frames there are to the opposite phase. */
const leastWeightBeside = 0.65;

/**
 * How far corrections reach: to the next corrected frame, else to the neighbouring frame of the opposite phase (ED of a
 * frame nearer to ES, ES of one nearer to ED), else to the clip's end; and what of them counts on the way. Full at the
 * corrected frame, falling evenly in time to nothing at the next one, or to half at the opposite phase. How much larger or
 * smaller the ventricle became is kept in full there: a model's errors of size at ED and ES go together.
 */
export class Reach {
  readonly #anchors: readonly number[];
  readonly #marks: readonly Mark[];
  readonly #timesMs: readonly number[];

  /**
   * @param anchors corrected frames, ascending
   * @param timesMs time of each frame of the clip
   */
  constructor(anchors: readonly number[], beats: readonly Beat[], timesMs: readonly number[]) {
    this.#anchors = anchors;
    this.#timesMs = timesMs;
    this.#marks = marksOf(beats);
  }

  /** First and last frame that corrections of some of the anchors reach, these frames included. */
  range(from: readonly number[] = this.#anchors): FrameRange {
    const ends = from.flatMap((anchor) => [this.#end(anchor, -1), this.#end(anchor, 1)]);
    return { from: Math.min(...ends), to: Math.max(...ends) };
  }

  /** Frames that corrections of some of the anchors reach, ascending; no anchors among them. */
  frames(from: readonly number[] = this.#anchors): number[] {
    const reached = new Set<number>();
    for (const anchor of from) {
      for (let frame = this.#end(anchor, -1); frame <= this.#end(anchor, 1); frame++) reached.add(frame);
    }
    for (const anchor of this.#anchors) reached.delete(anchor);
    return [...reached].sort((a, b) => a - b);
  }

  /** What counts on a frame between anchors: one on either side, or one alone where the other side has none. */
  weights(frame: number): AnchorWeight[] {
    const before = this.#anchors.findLast((anchor) => anchor < frame);
    const after = this.#anchors.find((anchor) => anchor > frame);
    if (before !== undefined && after !== undefined) {
      const weight = this.#ms(before, frame) / this.#ms(before, after);
      return [
        { anchor: before, weight: 1 - weight, sizeWeight: 1 - weight },
        { anchor: after, weight, sizeWeight: weight },
      ];
    }
    const anchor = before ?? after;
    return anchor === undefined ? [] : [{ anchor, weight: this.#fading(anchor, frame), sizeWeight: 1 }];
  }

  #fading(anchor: number, frame: number): number {
    const end = this.#end(anchor, frame > anchor ? 1 : -1);
    const share = this.#ms(anchor, frame) / this.#ms(anchor, end);
    const weight = 1 - (1 - weightAtOppositePhase) * Math.min(1, share);
    return Math.abs(frame - anchor) === 1 ? Math.max(leastWeightBeside, weight) : weight;
  }

  /** Last frame that an anchor's correction reaches on one side. */
  #end(anchor: number, direction: -1 | 1): number {
    const beyond = (frame: number): boolean => direction * (frame - anchor) > 0;
    const next =
      direction > 0 ? this.#anchors.find(beyond) : this.#anchors.findLast((frame) => frame < anchor);
    if (next !== undefined) return next;
    const phase = this.#phase(anchor);
    const opposite = this.#marks.filter((mark) => mark.phase !== phase && beyond(mark.frame));
    const nearest = direction > 0 ? opposite.at(0) : opposite.at(-1);
    return nearest?.frame ?? (direction > 0 ? this.#timesMs.length - 1 : 0);
  }

  /** Which mark of the beats is nearest in time. */
  #phase(anchor: number): Mark['phase'] | null {
    let nearest: Mark | null = null;
    for (const mark of this.#marks) {
      if (nearest === null || this.#ms(anchor, mark.frame) < this.#ms(anchor, nearest.frame)) nearest = mark;
    }
    return nearest?.phase ?? null;
  }

  #ms(a: number, b: number): number {
    return Math.abs((this.#timesMs[b] ?? b) - (this.#timesMs[a] ?? a));
  }
}

interface Mark {
  readonly frame: number;
  readonly phase: 'ED' | 'ES';
}

/** ED and ES of all beats in the order of their frames. */
function marksOf(beats: readonly Beat[]): Mark[] {
  const phases = new Map<number, Mark['phase']>();
  for (const { edFrame, esFrame, nextEdFrame } of beats) {
    phases.set(edFrame, 'ED').set(esFrame, 'ES');
    if (nextEdFrame !== null) phases.set(nextEdFrame, 'ED');
  }
  return [...phases].map(([frame, phase]) => ({ frame, phase })).sort((a, b) => a.frame - b.frame);
}
