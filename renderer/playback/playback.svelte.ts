import type { ClipTiming } from '../../core/clip/timing.ts';
import { PlayClock, speeds, type FrameTarget } from './clock.ts';
import type { Step } from './in-step.ts';
import { FrameCounter, isBehind, type FrameTally } from './frame-tally.ts';

/** What a cine picture gives to the clock. */
export interface PlayedPicture {
  readonly sopInstanceUid: string;
  readonly timing: ClipTiming;
  /** Draws a frame now; false when it is not in the window yet. */
  draw(frame: number): boolean;
  /**
   * Told at every animation frame: play time in ms, frame due, frame on screen, pictures dropped so far, and the common
   * play time of a loop in step.
   */
  note(playMs: number, due: number, shown: number, dropped: number, stepMs: number | null): void;
}

interface Player {
  readonly picture: PlayedPicture;
  readonly counter: FrameCounter;
  shown: number;
}

/** Where playback gets the time and its animation frames from. */
export interface PlaybackHost {
  /** ms, ever growing. */
  now(): number;
  requestFrame(tick: () => void): number;
  cancelFrame(request: number): void;
  /** True where the user asked the system that nothing moves unasked. */
  wantsStillness?(): boolean;
}

/** One for the whole time: the page keeps each that it is asked for. */
let stillness: MediaQueryList | undefined;

const windowHost: PlaybackHost = {
  now: () => performance.now(),
  requestFrame: (tick) => requestAnimationFrame(tick),
  cancelFrame: (request) => cancelAnimationFrame(request),
  wantsStillness: () => (stillness ??= matchMedia('(prefers-reduced-motion:reduce)')).matches,
};

/** Playback of all clips on screen by one wall clock. */
export class Playback {
  readonly #host: PlaybackHost;
  readonly #clock = new PlayClock();
  // What is shown of the players is in `frames`; the map itself is nobody's to watch.
  // eslint-disable-next-line svelte/prefer-svelte-reactivity
  #players = new Map<string, Player>();
  #request = 0;
  #startPending = false;

  playing = $state(false);
  speed = $state(1);
  /** Frame on screen, by clip; of a clip without a picture, the one that it will show. */
  frames = $state.raw<Readonly<Record<string, number>>>({});
  /** Clips that show fewer pictures than they should, with what they reach. */
  behind = $state.raw<Readonly<Record<string, FrameTally>>>({});

  constructor(host: PlaybackHost = windowHost) {
    this.#host = host;
  }

  /** Adds a picture to the clock; returns a function that takes it off again. */
  attach(picture: PlayedPicture): () => void {
    const player: Player = { picture, counter: new FrameCounter(picture.timing), shown: -1 };
    this.#players.set(picture.sopInstanceUid, player);
    this.#drawAll(this.#host.now());
    return () => {
      if (this.#players.get(picture.sopInstanceUid) === player) this.#players.delete(picture.sopInstanceUid);
    };
  }

  /** The frame on screen. */
  frameOf(sopInstanceUid: string): number {
    return this.frames[sopInstanceUid] ?? 0;
  }

  /**
   * The frame that steps count from: at a standstill the one that was asked for, whether or not its picture has
   * arrived, so that no press of a key is lost; while playing the one on screen.
   */
  standingOn(sopInstanceUid: string): number {
    return (this.playing ? null : this.#clock.standsOn(sopInstanceUid)) ?? this.frameOf(sopInstanceUid);
  }

  /** Frame that a clip is to show now. */
  dueFrame(sopInstanceUid: string, timing: ClipTiming): number {
    return this.#clock.frame(sopInstanceUid, timing, this.#host.now());
  }

  /**
   * Starts all clips over and plays as soon as their first pictures are on screen, so that none is missed. Where nothing
   * is to move unasked, the first pictures wait.
   */
  start(): void {
    this.pause();
    this.restart();
    this.#startPending = this.#host.wantsStillness?.() !== true;
    this.#drawAll(this.#host.now());
  }

  play(): void {
    this.#startPending = false;
    if (this.playing) return;
    this.#clock.play(this.#host.now());
    this.playing = true;
    this.#interrupt();
    this.#request = this.#host.requestFrame(this.#tick);
  }

  pause(): void {
    this.#startPending = false;
    if (!this.playing) return;
    this.#host.cancelFrame(this.#request);
    this.#clock.pause(this.#host.now(), (uid) => {
      const shown = this.#players.get(uid)?.shown ?? -1;
      return shown < 0 ? null : shown;
    });
    this.playing = false;
    this.#interrupt();
    this.behind = {};
    this.#drawAll(this.#host.now());
  }

  toggle(): void {
    if (this.playing) this.pause();
    else this.play();
  }

  setSpeed(speed: number): void {
    this.#clock.setSpeed(this.#host.now(), speed);
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
    this.showFrames([{ sopInstanceUid, timing, frame }]);
  }

  /** Shows frames of several clips together, each by its own number. */
  showFrames(targets: readonly FrameTarget[]): void {
    this.pause();
    this.#clock.stand(targets);
    const unseen = targets.filter(({ sopInstanceUid }) => !this.#players.has(sopInstanceUid));
    if (unseen.length > 0) {
      const frames = unseen.map(({ sopInstanceUid, frame }) => [sopInstanceUid, frame] as const);
      this.frames = { ...this.frames, ...Object.fromEntries(frames) };
    }
    this.#drawAll(this.#host.now());
  }

  /** Loops that are in step; null where each runs by its own time. */
  step = $state.raw<Step | null>(null);

  /** Puts loops in step, led by one that stays where it is, or lets them go their own ways. */
  setStep(step: Step | null, lead: string | null): void {
    if (step === null && this.step === null) return;
    this.#clock.setStep(this.#host.now(), step, lead);
    this.step = step;
    this.#interrupt();
    if (this.playing) this.#drawAll(this.#host.now());
  }

  /**
   * Goes by a frame in one clip and takes those along that are in step with it. Clips that are not go by a frame of
   * their own.
   */
  stepBy(lead: FrameTarget, own: readonly FrameTarget[], by: number): void {
    this.pause();
    const others = this.#clock.follow(lead, by);
    const inStep = (uid: string) => this.step?.clips.has(uid) ?? false;
    this.showFrames([
      lead,
      ...(others ?? []),
      ...own.filter(
        ({ sopInstanceUid: uid }) =>
          uid !== lead.sopInstanceUid && (!inStep(uid) || !inStep(lead.sopInstanceUid)),
      ),
    ]);
  }

  /** Starts all clips over, together. */
  restart(): void {
    this.#clock.restart(this.#host.now());
    this.frames = {};
    this.#interrupt();
    this.#drawAll(this.#host.now());
  }

  /** Draws again, when frames have arrived or sizes have changed. */
  refresh(): void {
    if (!this.playing) this.#drawAll(this.#host.now());
  }

  #interrupt(): void {
    for (const { counter } of this.#players.values()) counter.interrupt();
  }

  #tick = (): void => {
    if (!this.playing) return;
    this.#request = this.#host.requestFrame(this.#tick);
    const nowMs = this.#host.now();
    this.#drawAll(nowMs);
    this.#noteRates(nowMs);
  };

  #drawAll(nowMs: number): void {
    let frames: Record<string, number> | null = null;
    for (const [sopInstanceUid, player] of this.#players) {
      const { timing } = player.picture;
      const playMs = this.#clock.elapsed(sopInstanceUid, timing, nowMs);
      const due = this.#clock.frame(sopInstanceUid, timing, nowMs);
      if (player.shown !== due && player.picture.draw(due)) player.shown = due;
      if (this.playing) {
        const course = this.#clock.course(sopInstanceUid, timing);
        player.counter.count(this.#clock.playMs(sopInstanceUid, timing, nowMs), nowMs, player.shown, course);
      }
      const stepMs = this.step?.clips.has(sopInstanceUid) ? this.#clock.stepMs(nowMs) : null;
      player.picture.note(playMs, due, player.shown, player.counter.dropped, stepMs);
      // Contours, markers and numbers go with the picture that is seen, not with one that is still to come.
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
