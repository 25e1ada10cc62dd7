import { fileMsAt, placeInStep, type ClipBeats, type Step, type StepPlace } from './in-step.ts';

/** A clip and the frame that it is put on. */
export interface StepTarget {
  readonly sopInstanceUid: string;
  readonly frame: number;
}

const remainder = (value: number, by: number): number => ((value % by) + by) % by;

/**
 * The play time that loops in step have in common, and which of its own beats each clip is at. Time goes by in the
 * clock that holds it; this only says what a time means.
 */
export class StepClock {
  readonly step: Step;
  /** Common play time at the anchor of the clock, ms. */
  ms = 0;
  /** By how many beats a clip is ahead of the common count. */
  #ahead = new Map<string, number>();

  constructor(step: Step) {
    this.step = step;
  }

  has(sopInstanceUid: string): boolean {
    return this.step.clips.has(sopInstanceUid);
  }

  #count(ms: number): number {
    return Math.floor(ms / this.step.beatMs);
  }

  #placeAt(clip: ClipBeats, ms: number): StepPlace {
    const count = this.#count(ms);
    const ahead = this.#ahead.get(clip.sopInstanceUid) ?? 0;
    return { beat: remainder(count + ahead, clip.beats.length), withinMs: ms - count * this.step.beatMs };
  }

  /** The moment of a clip's file at a common play time, ms; null for a clip that is not in step. */
  fileMs(sopInstanceUid: string, ms: number): number | null {
    const clip = this.step.clips.get(sopInstanceUid);
    return clip ? fileMsAt(this.step, clip, this.#placeAt(clip, ms)) : null;
  }

  #placeOf({ sopInstanceUid, frame }: StepTarget): StepPlace | null {
    const clip = this.step.clips.get(sopInstanceUid);
    const startMs = clip?.timing.frameTimesMs[frame];
    return clip && startMs !== undefined ? placeInStep(this.step, clip, startMs) : null;
  }

  /** Begins where a clip is, at its first ED where it is outside of its beats. */
  enter(sopInstanceUid: string, fileMs: number): void {
    const clip = this.step.clips.get(sopInstanceUid);
    if (!clip) return;
    const place = placeInStep(this.step, clip, fileMs) ?? { beat: 0, withinMs: 0 };
    this.ms = place.withinMs;
    this.#ahead = new Map([[sopInstanceUid, place.beat]]);
  }

  /** Goes to where clips were put by their own numbers; the first that is within a beat says when it is. */
  moveTo(targets: readonly StepTarget[], isThere: (target: StepTarget) => boolean): void {
    const placed = targets.flatMap((target) => {
      const place = this.#placeOf(target);
      return place ? [{ target, place }] : [];
    });
    const first = placed[0];
    if (!first) return;
    const count = this.#count(this.ms);
    // One that is on this frame already keeps its place within it.
    if (!isThere(first.target)) this.ms = count * this.step.beatMs + first.place.withinMs;
    for (const { target, place } of placed) this.#ahead.set(target.sopInstanceUid, place.beat - count);
  }

  /**
   * Follows one clip by a frame forwards or backwards, over the border of its beats into the next one of all.
   *
   * @returns false where it is outside of its beats: the others stay where they are
   */
  follow(target: StepTarget, by: number): boolean {
    const place = this.#placeOf(target);
    if (!place) return false;
    const present = this.#count(this.ms);
    const onwardsMs = (place.withinMs - (this.ms - present * this.step.beatMs)) * Math.sign(by);
    const count = present + (onwardsMs < 0 ? Math.sign(by) : 0);
    this.ms = count * this.step.beatMs + place.withinMs;
    this.#ahead.set(target.sopInstanceUid, place.beat - count);
    return true;
  }

  restart(): void {
    this.ms = 0;
    this.#ahead = new Map();
  }
}
