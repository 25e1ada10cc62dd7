import { frameAt } from '../../core/clip/frame-at.ts';
import type { ClipTiming } from '../../core/clip/timing.ts';

const windowMs = 1500;

/** Pictures due and shown since play began, and the rate over the last moments. */
export interface FrameTally {
  readonly shown: number;
  /** Pictures that the time table had due and that never came on screen. */
  readonly dropped: number;
  /** Pictures a second over the last 1.5 s, due and shown; null before there is enough to say. */
  readonly dueRate: number | null;
  readonly shownRate: number | null;
}

/** What play time means to a clip. */
export interface PlayCourse {
  frameOf(playMs: number): number;
  /** How much of the clip's own time goes by in a ms of play time, on the mean. */
  readonly pace: number;
}

const ownCourse = (timing: ClipTiming): PlayCourse => ({ frameOf: (ms) => frameAt(timing, ms), pace: 1 });

/** Frames that came due in the half-open span (from, to] of play time, counted on the time table itself. */
export function framesDue(
  timing: ClipTiming,
  fromMs: number,
  toMs: number,
  { frameOf, pace } = ownCourse(timing),
): number {
  const count = timing.frameTimesMs.length;
  if (count < 2 || toMs <= fromMs) return 0;
  const shortest = Math.max(
    1,
    timing.frameTimesMs.reduce(
      (least, time, index) =>
        index === 0 ? least : Math.min(least, time - (timing.frameTimesMs[index - 1] ?? 0)),
      timing.durationMs,
    ),
  );
  let due = 0;
  let last = frameOf(fromMs);
  // Systole and diastole may be stretched apart: four looks at the shortest frame on the mean miss none of either.
  const look = pace === 1 ? shortest / 2 : shortest / (4 * pace);
  const steps = Math.min(10_000, Math.ceil((toMs - fromMs) / look));
  for (let step = 1; step <= steps; step += 1) {
    const frame = frameOf(fromMs + ((toMs - fromMs) * step) / steps);
    if (frame !== last) due += 1;
    last = frame;
  }
  return due;
}

/** Counts what one clip shows against what was due. */
export class FrameCounter {
  #timing: ClipTiming;
  #lastMs: number | null = null;
  #shown = 0;
  #dropped = 0;
  #recent: { at: number; due: number; shown: number }[] = [];

  constructor(timing: ClipTiming) {
    this.#timing = timing;
  }

  /** Forgets where it was, after a pause, a seek or a change of speed, but keeps the totals. */
  interrupt(): void {
    this.#lastMs = null;
    this.#recent = [];
  }

  /** One animation frame: play time in ms, wall clock in ms, and the frame that is on screen now. */
  count(playMs: number, wallMs: number, frameShown: number, course = ownCourse(this.#timing)): void {
    if (this.#lastMs !== null) {
      const due = framesDue(this.#timing, this.#lastMs, playMs, course);
      // Of several that came due at once the last is on screen, unless it is not in the window yet.
      const shown = due > 0 && frameShown === course.frameOf(playMs) ? 1 : 0;
      this.#shown += shown;
      this.#dropped += due - shown;
      this.#recent.push({ at: wallMs, due, shown });
      while (this.#recent.length > 0 && wallMs - (this.#recent[0]?.at ?? 0) > windowMs) this.#recent.shift();
    }
    this.#lastMs = playMs;
  }

  get dropped(): number {
    return this.#dropped;
  }

  get tally(): FrameTally {
    const first = this.#recent[0];
    const last = this.#recent[this.#recent.length - 1];
    const spanMs = first && last ? last.at - first.at : 0;
    // The first entry's span began before it, so it opens the window and is not counted in it.
    const inside = this.#recent.slice(1);
    const rate = (pick: 'due' | 'shown') =>
      spanMs < windowMs / 2 ? null : (inside.reduce((sum, entry) => sum + entry[pick], 0) * 1000) / spanMs;
    return { shown: this.#shown, dropped: this.#dropped, dueRate: rate('due'), shownRate: rate('shown') };
  }
}

/** True when a clip shows more than 5 % fewer pictures a second than its time table asks. */
export const isBehind = ({ dueRate, shownRate }: FrameTally): boolean =>
  dueRate !== null && shownRate !== null && dueRate > 0 && shownRate < dueRate * 0.95;
