import { elapsedOf, frameAt } from '../../core/clip/frame-at.ts';
import type { ClipTiming } from '../../core/clip/timing.ts';
import { paceOf, type Step } from './in-step.ts';
import { StepClock } from './step-clock.ts';

/** Where one clip is. */
interface Place {
  readonly timing: ClipTiming;
  /** The frame it stands on; while the clock runs, the one it stood on last. */
  readonly frame: number;
  /** Play time in ms at the clock's anchor; of a loop in step, the moment of its file. */
  readonly elapsedMs: number;
}

export interface FrameTarget {
  readonly sopInstanceUid: string;
  readonly timing: ClipTiming;
  readonly frame: number;
}

/**
 * Where all clips are. At a standstill a clip's frame *number* is the state, and no time is turned back into a frame;
 * while playing the wall clock decides, never a count of ticks, so that a stall moves on to the frame that is due. All
 * clips read one clock, so they stay together; those that are in step read one play time, which leads to a moment of
 * each one's own file.
 *
 * Every method takes the wall-clock reading in ms (performance.now) that it happens at.
 */
export class PlayClock {
  #playing = false;
  #speed = 1;
  #anchorMs = 0;
  /** Play time at the anchor of a clip that comes on screen now. */
  #elapsedMs = 0;
  #places = new Map<string, Place>();
  #step: StepClock | null = null;

  get playing(): boolean {
    return this.#playing;
  }

  /** 1 = true speed. */
  get speed(): number {
    return this.#speed;
  }

  /** Play time since the anchor, ms; never negative, so that a clip that starts on a frame never shows the one before. */
  #progress(nowMs: number): number {
    return this.#playing ? Math.max(0, nowMs - this.#anchorMs) * this.#speed : 0;
  }

  /** The loops in step where a clip is one of them. */
  #stepWith(sopInstanceUid: string): StepClock | null {
    return this.#step?.has(sopInstanceUid) ? this.#step : null;
  }

  #place(sopInstanceUid: string, timing: ClipTiming): Place {
    const known = this.#places.get(sopInstanceUid);
    if (known) return known;
    const step = this.#step;
    const fileMs = step?.fileMs(sopInstanceUid, step.ms) ?? null;
    const place =
      fileMs === null
        ? { timing, frame: frameAt(timing, this.#elapsedMs), elapsedMs: this.#elapsedMs }
        : { timing, frame: frameAt(timing, fileMs, 'loop'), elapsedMs: fileMs };
    this.#places.set(sopInstanceUid, place);
    return place;
  }

  /** Play time of a clip in ms; of a loop in step, the moment of its file. */
  elapsed(sopInstanceUid: string, timing: ClipTiming, nowMs: number): number {
    const { elapsedMs } = this.#place(sopInstanceUid, timing);
    const step = this.#stepWith(sopInstanceUid);
    if (!step) return elapsedMs + this.#progress(nowMs);
    return this.#playing
      ? (step.fileMs(sopInstanceUid, step.ms + this.#progress(nowMs)) ?? elapsedMs)
      : elapsedMs;
  }

  /** The frame that a clip is on. */
  frame(sopInstanceUid: string, timing: ClipTiming, nowMs: number): number {
    const place = this.#place(sopInstanceUid, timing);
    if (!this.#playing) return place.frame;
    return this.course(sopInstanceUid, timing).frameOf(this.playMs(sopInstanceUid, timing, nowMs));
  }

  /** A play time that only grows while the clock runs, ms: what {@link course} leads from to the clip's frames. */
  playMs(sopInstanceUid: string, timing: ClipTiming, nowMs: number): number {
    const { elapsedMs } = this.#place(sopInstanceUid, timing);
    return (this.#stepWith(sopInstanceUid)?.ms ?? elapsedMs) + this.#progress(nowMs);
  }

  /** What a play time means to a clip: its frame, and how much of its file goes by in a ms. */
  course(
    sopInstanceUid: string,
    timing: ClipTiming,
  ): { frameOf(playMs: number): number; readonly pace: number } {
    const step = this.#stepWith(sopInstanceUid);
    const clip = step?.step.clips.get(sopInstanceUid);
    if (!step || !clip) return { frameOf: (playMs) => frameAt(timing, playMs), pace: 1 };
    return {
      frameOf: (playMs) => frameAt(timing, step.fileMs(sopInstanceUid, playMs) ?? 0, 'loop'),
      pace: paceOf(step.step, clip),
    };
  }

  /** Common play time of the loops in step, ms; null where none are. */
  stepMs(nowMs: number): number | null {
    return this.#step ? this.#step.ms + this.#progress(nowMs) : null;
  }

  /**
   * Puts loops in step from now on, or lets each run by its own time.
   *
   * @param lead clip that stays where it is while the clock runs; at a standstill every clip does
   */
  setStep(nowMs: number, step: Step | null, lead: string | null): void {
    this.#anchor(nowMs);
    const next = step && new StepClock(step);
    const leader = [lead, ...(step?.clips.keys() ?? [])].find(
      (uid) => uid !== null && next?.has(uid) && this.#places.has(uid),
    );
    const place = leader ? this.#places.get(leader) : undefined;
    if (next && leader && place) next.enter(leader, this.#fileMs(leader, place));
    this.#step = next;
  }

  /** The moment of its file that a clip is at, ms. */
  #fileMs(sopInstanceUid: string, { timing, frame, elapsedMs }: Place): number {
    if (this.#stepWith(sopInstanceUid)) return elapsedMs;
    // A sweep goes backwards half of the time, and loops in step only forwards.
    const wrapped = timing.durationMs > 0 ? elapsedMs % timing.durationMs : 0;
    return this.#playing && timing.playback === 'loop' ? wrapped : elapsedOf(timing, frame);
  }

  /** The frame that a clip stands on, null where it was never on screen. */
  standsOn(sopInstanceUid: string): number | null {
    return this.#places.get(sopInstanceUid)?.frame ?? null;
  }

  /** Makes now the anchor, every clip where it has got to. */
  #anchor(nowMs: number): void {
    const progress = this.#progress(nowMs);
    this.#anchorMs = nowMs;
    if (progress === 0) return;
    this.#elapsedMs += progress;
    const step = this.#step;
    if (step) step.ms += progress;
    for (const [uid, place] of this.#places) {
      const fileMs = step?.fileMs(uid, step.ms) ?? null;
      const elapsedMs = fileMs ?? place.elapsedMs + progress;
      const frame = frameAt(place.timing, elapsedMs, fileMs === null ? place.timing.playback : 'loop');
      this.#places.set(uid, { ...place, elapsedMs, frame });
    }
  }

  /** Goes on from where every clip is: from within the frame it was paused in, from the start of one it was put on. */
  play(nowMs: number): void {
    this.#anchor(nowMs);
    this.#playing = true;
  }

  /**
   * Stands still.
   *
   * @param onScreen frame of a clip that is on screen, null where none is: what is seen is what is kept, even where
   *   the frame that is due had not arrived yet
   */
  pause(nowMs: number, onScreen: (sopInstanceUid: string) => number | null): void {
    this.#anchor(nowMs);
    this.#playing = false;
    for (const [uid, { timing, frame }] of this.#places) {
      const seen = onScreen(uid);
      if (seen !== null && seen !== frame) this.#put({ sopInstanceUid: uid, timing, frame: seen });
    }
  }

  /** Changes speed without a jump of the picture. */
  setSpeed(nowMs: number, speed: number): void {
    this.#anchor(nowMs);
    this.#speed = speed;
  }

  #put({ sopInstanceUid, timing, frame }: FrameTarget): void {
    const last = Math.max(0, timing.frameTimesMs.length - 1);
    const standing = Math.min(last, Math.max(0, Math.trunc(frame)));
    this.#places.set(sopInstanceUid, { timing, frame: standing, elapsedMs: elapsedOf(timing, standing) });
  }

  /** Puts clips on frames; only at a standstill. A clip that is put where it stands keeps its place within the frame. */
  stand(targets: readonly FrameTarget[]): void {
    if (this.#playing) throw new Error('Only a clip that stands still can be put on a frame.');
    this.#step?.moveTo(
      targets,
      ({ sopInstanceUid, frame }) => this.#places.get(sopInstanceUid)?.frame === frame,
    );
    for (const target of targets) {
      if (this.#places.get(target.sopInstanceUid)?.frame !== target.frame) this.#put(target);
    }
  }

  /**
   * Where the loops in step are when one of them goes by a frame; only at a standstill.
   *
   * @returns frames of the others; null where the clip is outside of its beats or not in step
   */
  follow(target: FrameTarget, by: number): readonly FrameTarget[] | null {
    const step = this.#stepWith(target.sopInstanceUid);
    if (!step?.follow(target, by)) return null;
    return [...step.step.clips.values()]
      .filter(({ sopInstanceUid }) => sopInstanceUid !== target.sopInstanceUid)
      .map(({ sopInstanceUid, timing }) => ({
        sopInstanceUid,
        timing,
        frame: frameAt(timing, step.fileMs(sopInstanceUid, step.ms) ?? 0, 'loop'),
      }));
  }

  /** All clips at their beginning. */
  restart(nowMs: number): void {
    this.#anchorMs = nowMs;
    this.#step?.restart();
    this.#elapsedMs = 0;
    this.#places.clear();
  }
}

export const speeds = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 2] as const;
