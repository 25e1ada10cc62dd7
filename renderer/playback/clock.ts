/**
 * Play time as a function of the wall clock, never of a count of ticks: a stall moves on to the frame that is due.
 * All clips read one clock, so they stay in step.
 */
export interface PlayClock {
  readonly playing: boolean;
  /** 1 = true speed. */
  readonly speed: number;
  /** Play time in ms at `anchorMs`. */
  readonly elapsedMs: number;
  /** Wall-clock reading (performance.now) that `elapsedMs` belongs to. */
  readonly anchorMs: number;
}

export const stoppedClock: PlayClock = { playing: false, speed: 1, elapsedMs: 0, anchorMs: 0 };

/** Play time in ms at a wall-clock reading. */
export function playTime(clock: PlayClock, nowMs: number): number {
  return clock.playing ? clock.elapsedMs + (nowMs - clock.anchorMs) * clock.speed : clock.elapsedMs;
}

export const play = (clock: PlayClock, nowMs: number): PlayClock => ({
  ...clock,
  elapsedMs: playTime(clock, nowMs),
  anchorMs: nowMs,
  playing: true,
});

export const pause = (clock: PlayClock, nowMs: number): PlayClock => ({
  ...clock,
  elapsedMs: playTime(clock, nowMs),
  anchorMs: nowMs,
  playing: false,
});

/** Changes speed without a jump of the picture. */
export const setSpeed = (clock: PlayClock, nowMs: number, speed: number): PlayClock => ({
  ...clock,
  elapsedMs: playTime(clock, nowMs),
  anchorMs: nowMs,
  speed,
});

export const seek = (clock: PlayClock, nowMs: number, elapsedMs: number): PlayClock => ({
  ...clock,
  elapsedMs,
  anchorMs: nowMs,
});

export const speeds = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 2] as const;
