import { elapsedOf, frameAt } from '../../core/clip/frame-at.ts';
import type { ClipTiming } from '../../core/clip/timing.ts';
import { pause, play, playTime, seek, setSpeed, speeds, stoppedClock } from './clock.ts';
import { FrameCounter, isBehind, type FrameTally } from './frame-tally.ts';

/** What a cine picture gives to the clock. */
export interface PlayedPicture {
  readonly sopInstanceUid: string;
  readonly timing: ClipTiming;
  /** Draws a frame now; false when it is not in the window yet. */
  draw(frame: number): boolean;
  /** Told at every animation frame: play time in ms, frame due, frame on screen, pictures dropped so far. */
  note(playMs: number, due: number, shown: number, dropped: number): void;
}

interface Player {
  readonly picture: PlayedPicture;
  readonly counter: FrameCounter;
  shown: number;
}

/** Playback of all clips on screen by one wall clock. */
class Playback {
  #clock = stoppedClock;
  #players = new Map<string, Player>();
  /** Play time of a clip minus the clock's, so that clips can be aligned beat to beat. */
  #offsets = new Map<string, number>();
  #request = 0;
  #startPending = false;

  playing = $state(false);
  speed = $state(1);
  /** Frame on screen, by clip. */
  frames = $state.raw<Readonly<Record<string, number>>>({});
  /** Clips that show fewer pictures than they should, with what they reach. */
  behind = $state.raw<Readonly<Record<string, FrameTally>>>({});

  /** Adds a picture to the clock; returns a function that takes it off again. */
  attach(picture: PlayedPicture): () => void {
    const player: Player = { picture, counter: new FrameCounter(picture.timing), shown: -1 };
    this.#players.set(picture.sopInstanceUid, player);
    this.#drawAll(performance.now());
    return () => {
      if (this.#players.get(picture.sopInstanceUid) === player) this.#players.delete(picture.sopInstanceUid);
    };
  }

  frameOf(sopInstanceUid: string): number {
    return this.frames[sopInstanceUid] ?? 0;
  }

  /** Frame that a clip's time table has on screen at a wall-clock reading. */
  dueFrame(sopInstanceUid: string, timing: ClipTiming, nowMs = performance.now()): number {
    return frameAt(timing, this.#timeOf(sopInstanceUid, nowMs));
  }

  tallyOf(sopInstanceUid: string): FrameTally | null {
    return this.#players.get(sopInstanceUid)?.counter.tally ?? null;
  }

  #timeOf(sopInstanceUid: string, nowMs: number): number {
    return playTime(this.#clock, nowMs) + (this.#offsets.get(sopInstanceUid) ?? 0);
  }

  /** Starts all clips over and plays as soon as their first pictures are on screen, so that none is missed. */
  start(): void {
    this.pause();
    this.restart();
    this.#startPending = true;
    this.#drawAll(performance.now());
  }

  play(): void {
    this.#startPending = false;
    if (this.playing) return;
    this.#clock = play(this.#clock, performance.now());
    this.playing = true;
    this.#interrupt();
    this.#request = requestAnimationFrame(this.#tick);
  }

  pause(): void {
    this.#startPending = false;
    if (!this.playing) return;
    this.#clock = pause(this.#clock, performance.now());
    this.playing = false;
    cancelAnimationFrame(this.#request);
    this.#interrupt();
    this.behind = {};
    // Stand on the start of the frame that is on screen, so that a step goes to its neighbour.
    for (const player of this.#players.values()) {
      const { sopInstanceUid, timing } = player.picture;
      if (player.shown >= 0) this.#align(sopInstanceUid, elapsedOf(timing, player.shown));
    }
    this.#drawAll(performance.now());
  }

  toggle(): void {
    if (this.playing) this.pause();
    else this.play();
  }

  setSpeed(speed: number): void {
    this.#clock = setSpeed(this.#clock, performance.now(), speed);
    this.speed = speed;
    this.#interrupt();
  }

  faster(step: 1 | -1): void {
    const index = speeds.findIndex((speed) => speed >= this.speed);
    const next = speeds[Math.min(speeds.length - 1, Math.max(0, index + step))];
    if (next !== undefined) this.setSpeed(next);
  }

  /** Shows a frame of one clip and stays there; other clips keep theirs. */
  showFrame(sopInstanceUid: string, timing: ClipTiming, frame: number): void {
    this.pause();
    this.#align(sopInstanceUid, elapsedOf(timing, frame));
    this.#drawAll(performance.now());
  }

  /** Shows frames of several clips together, each by its own number. */
  showFrames(targets: readonly { sopInstanceUid: string; timing: ClipTiming; frame: number }[]): void {
    this.pause();
    for (const target of targets) {
      this.#align(target.sopInstanceUid, elapsedOf(target.timing, target.frame));
    }
    this.#drawAll(performance.now());
  }

  /** Starts all clips over, in step. */
  restart(): void {
    this.#offsets.clear();
    this.#clock = seek(this.#clock, performance.now(), 0);
    this.#interrupt();
    this.#drawAll(performance.now());
  }

  /** Draws again, when frames have arrived or sizes have changed. */
  refresh(): void {
    if (!this.playing) this.#drawAll(performance.now());
  }

  #align(sopInstanceUid: string, elapsedMs: number): void {
    this.#offsets.set(sopInstanceUid, elapsedMs - this.#clock.elapsedMs);
  }

  #interrupt(): void {
    for (const { counter } of this.#players.values()) counter.interrupt();
  }

  #tick = (): void => {
    if (!this.playing) return;
    this.#request = requestAnimationFrame(this.#tick);
    const nowMs = performance.now();
    this.#drawAll(nowMs);
    this.#noteRates(nowMs);
  };

  #drawAll(nowMs: number): void {
    let frames: Record<string, number> | null = null;
    for (const [sopInstanceUid, player] of this.#players) {
      const playMs = this.#timeOf(sopInstanceUid, nowMs);
      const due = frameAt(player.picture.timing, playMs);
      if (player.shown !== due && player.picture.draw(due)) player.shown = due;
      if (this.playing) player.counter.count(playMs, nowMs, player.shown);
      player.picture.note(playMs, due, player.shown, player.counter.dropped);
      const shown = player.shown >= 0 ? player.shown : due;
      if (this.frames[sopInstanceUid] !== shown) {
        frames ??= { ...this.frames };
        frames[sopInstanceUid] = shown;
      }
    }
    if (frames) this.frames = frames;
    const players = [...this.#players.values()];
    if (this.#startPending && players.length > 0 && players.every(({ shown }) => shown >= 0)) this.play();
  }

  #ratesNotedMs = 0;

  #noteRates(nowMs: number): void {
    if (nowMs - this.#ratesNotedMs < 500) return;
    this.#ratesNotedMs = nowMs;
    const behind: Record<string, FrameTally> = {};
    for (const [sopInstanceUid, { counter }] of this.#players) {
      if (isBehind(counter.tally)) behind[sopInstanceUid] = counter.tally;
    }
    if (Object.keys(behind).length > 0 || Object.keys(this.behind).length > 0) this.behind = behind;
  }
}

export const playback = new Playback();
