import { describe, expect, it } from 'vitest';
import { frameAt } from '../../../core/clip/frame-at.ts';
import type { ClipTiming } from '../../../core/clip/timing.ts';
import { PlayClock } from '../../../renderer/playback/clock.ts';
import { FrameCounter, framesDue, isBehind } from '../../../renderer/playback/frame-tally.ts';

const timing = (frameTimesMs: number[], lastMs: number, playback: 'loop' | 'sweep' = 'loop'): ClipTiming => ({
  source: 'frame-time-vector',
  guessed: false,
  frameTimesMs,
  durationMs: (frameTimesMs.at(-1) ?? 0) + lastMs,
  playback,
});
const even = timing([0, 40, 80, 120, 160], 40);
const jittered = timing([0, 28, 66, 97, 131], 35);

describe('the play clock', () => {
  it('follows the wall clock at its speed and keeps its place over pauses and changes of speed', () => {
    const clock = new PlayClock();
    const elapsed = (nowMs: number) => clock.elapsed('a', even, nowMs);
    expect(elapsed(0)).toBe(0);
    clock.play(1000);
    expect(elapsed(1500)).toBe(500);
    clock.setSpeed(1500, 0.5);
    expect(elapsed(1500)).toBe(500);
    expect(elapsed(2500)).toBe(1000);
    clock.pause(2500, () => null);
    expect(elapsed(99_999)).toBe(1000);
    clock.play(5000);
    expect(elapsed(5100)).toBe(1050);
  });

  it('does not drift, however unevenly it is asked', () => {
    const clock = new PlayClock();
    clock.play(0);
    for (let now = 0; now < 60_000; now += 7 + (now % 13)) expect(clock.elapsed('a', even, now)).toBe(now);
  });

  it('a clip that comes on screen later is in step with those that are there', () => {
    const clock = new PlayClock();
    clock.play(0);
    clock.pause(90, () => null);
    expect(clock.frame('late', even, 200)).toBe(2);
    clock.play(200);
    expect(clock.frame('late', even, 240)).toBe(3);
  });
});

describe('counting pictures', () => {
  it('counts the frames that come due on an uneven time table and on a sweep', () => {
    expect(framesDue(even, 0, 200)).toBe(5);
    expect(framesDue(jittered, 0, 131)).toBe(4);
    expect(framesDue(jittered, 27, 29)).toBe(1);
    // 0 1 2 3 4 3 2 1 0: eight changes in a turn.
    expect(framesDue(timing([0, 40, 80, 120, 160], 40, 'sweep'), 0, 320)).toBe(8);
    expect(framesDue(even, 50, 50)).toBe(0);
  });

  it('counts what a stall swallows as dropped, and nothing on a screen that is fast enough', () => {
    const counter = new FrameCounter(even);
    for (let now = 0; now <= 1000; now += 16) counter.count(now, now, frameAt(even, now));
    expect(counter.tally.dropped).toBe(0);
    expect(isBehind(counter.tally)).toBe(false);
    // 200 ms later five frames were due and one is shown.
    counter.count(1192, 1192, frameAt(even, 1192));
    expect(counter.tally.dropped).toBe(4);
  });

  it('says that it is behind when more than one picture in twenty is missing', () => {
    const counter = new FrameCounter(even);
    for (let now = 0; now <= 2000; now += 80) counter.count(now, now, frameAt(even, now));
    expect(isBehind(counter.tally)).toBe(true);
    expect(counter.tally.shownRate).toBeCloseTo(12.5, 0);
    expect(counter.tally.dueRate).toBeCloseTo(25, 0);
  });
});
