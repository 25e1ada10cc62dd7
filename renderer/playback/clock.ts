import { elapsedOf, frameAt } from '../../core/clip/frame-at.ts';
import type { ClipTiming } from '../../core/clip/timing.ts';

/** Where one clip is. */
interface Place {
  readonly timing: ClipTiming;
  /** The frame it stands on; while the clock runs, the one it stood on last. */
  readonly frame: number;
  /** Play time in ms at the clock's anchor. */
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
 * clips read one clock, so they stay in step.
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

  #place(sopInstanceUid: string, timing: ClipTiming): Place {
    const known = this.#places.get(sopInstanceUid);
    if (known) return known;
    const place = { timing, frame: frameAt(timing, this.#elapsedMs), elapsedMs: this.#elapsedMs };
    this.#places.set(sopInstanceUid, place);
    return place;
  }

  /** Play time of a clip in ms. */
  elapsed(sopInstanceUid: string, timing: ClipTiming, nowMs: number): number {
    return this.#place(sopInstanceUid, timing).elapsedMs + this.#progress(nowMs);
  }

  /** The frame that a clip is on. */
  frame(sopInstanceUid: string, timing: ClipTiming, nowMs: number): number {
    const place = this.#place(sopInstanceUid, timing);
    return this.#playing ? frameAt(timing, place.elapsedMs + this.#progress(nowMs)) : place.frame;
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
    for (const [uid, place] of this.#places) {
      const elapsedMs = place.elapsedMs + progress;
      this.#places.set(uid, { ...place, elapsedMs, frame: frameAt(place.timing, elapsedMs) });
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
    for (const target of targets) {
      if (this.#places.get(target.sopInstanceUid)?.frame !== target.frame) this.#put(target);
    }
  }

  /** All clips at their beginning. */
  restart(nowMs: number): void {
    this.#anchorMs = nowMs;
    this.#elapsedMs = 0;
    this.#places.clear();
  }
}

export const speeds = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 2] as const;
