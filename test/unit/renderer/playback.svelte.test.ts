import { describe, expect, it } from 'vitest';
import type { ClipTiming } from '../../../core/clip/timing.ts';
import { Playback } from '../../../renderer/playback/playback.svelte.ts';

const frames = 30;
const timing: ClipTiming = {
  source: 'frame-time',
  guessed: false,
  frameTimesMs: Array.from({ length: frames }, (_, frame) => frame * 40),
  durationMs: frames * 40,
  playback: 'loop',
};

/** Playback by a clock that the test turns, with animation frames every 20 ms of it. */
function bench() {
  let nowMs = 500;
  let tick: (() => void) | null = null;
  const playback = new Playback({
    now: () => nowMs,
    requestFrame: (next) => {
      tick = next;
      return 1;
    },
    cancelFrame: () => (tick = null),
  });
  /** A picture whose frames arrive when `has` says so; its frame on screen. */
  const picture = (sopInstanceUid: string, has: (frame: number) => boolean = () => true) => {
    const screen = { frame: -1 };
    const detach = playback.attach({
      sopInstanceUid,
      timing,
      draw: (frame) => {
        if (has(frame)) screen.frame = frame;
        return has(frame);
      },
      note: () => undefined,
    });
    return { screen, detach };
  };
  const run = (ms: number) => {
    for (const end = nowMs + ms; nowMs < end;) {
      nowMs += 20;
      const due = tick;
      tick = null;
      due?.();
    }
  };
  return { playback, picture, run, ticking: () => tick !== null };
}

describe('the start of playback', () => {
  it('waits for the first picture of every clip, so that none of it is missed', () => {
    const { playback, picture, run } = bench();
    let arrived = false;
    const early = picture('early');
    const late = picture('late', () => arrived);
    playback.start();
    run(3000);
    expect([playback.playing, early.screen.frame, late.screen.frame]).toEqual([false, 0, -1]);
    arrived = true;
    playback.refresh();
    expect([playback.playing, late.screen.frame]).toEqual([true, 0]);
    run(400);
    expect([early.screen.frame, late.screen.frame]).toEqual([10, 10]);
  });

  it('is called off by a pause, also before it began', () => {
    const { playback, picture, run } = bench();
    let arrived = false;
    picture('a', () => arrived);
    playback.start();
    playback.pause();
    arrived = true;
    playback.refresh();
    run(100);
    expect([playback.playing, playback.frameOf('a')]).toEqual([false, 0]);
  });
});

describe('while it plays', () => {
  it('the speed is changed in steps between a quarter and twice, without a jump of the picture', () => {
    const { playback, picture, run } = bench();
    const { screen } = picture('a');
    playback.play();
    run(400);
    expect(screen.frame).toBe(10);
    for (let press = 0; press < 9; press += 1) playback.faster(-1);
    expect(playback.speed).toBe(0.25);
    expect(screen.frame).toBe(10);
    run(320);
    expect(screen.frame).toBe(12);
    for (let press = 0; press < 9; press += 1) playback.faster(1);
    expect(playback.speed).toBe(2);
    run(200);
    expect(screen.frame).toBe(22);
  });

  it('a clip whose pictures do not come is said to be behind, and no more once it stands still', () => {
    const { playback, picture, run } = bench();
    picture('whole');
    picture('holes', (frame) => frame % 3 === 0);
    playback.play();
    run(4000);
    expect(Object.keys(playback.behind)).toEqual(['holes']);
    const { shownRate, dueRate, dropped } = playback.behind['holes']!;
    expect(dueRate).toBeGreaterThan(20);
    expect(shownRate).toBeLessThan(dueRate! / 2);
    expect(dropped).toBeGreaterThan(20);
    playback.pause();
    expect(playback.behind).toEqual({});
  });

  it('contours go with the picture that is seen, not with one that is still to come', () => {
    const { playback, picture, run } = bench();
    picture('a', (frame) => frame < 5);
    playback.play();
    run(600);
    expect(playback.frameOf('a')).toBe(4);
  });

  it('a picture that is taken off asks for no more frames, and a pause ends the animation', () => {
    const { playback, picture, run, ticking } = bench();
    const { screen, detach } = picture('a');
    playback.play();
    run(200);
    detach();
    const { frame } = screen;
    run(200);
    expect(screen.frame).toBe(frame);
    expect(ticking()).toBe(true);
    playback.pause();
    expect(ticking()).toBe(false);
    playback.toggle();
    playback.play();
    expect([playback.playing, ticking()]).toEqual([true, true]);
  });
});
