import { describe, expect, it } from 'vitest';
import { frameTimes, type TimingAttributes } from '../../../core/clip/frame-times.ts';

const nothing: TimingAttributes = {
  frames: 4,
  frameIncrementPointer: [],
  frameTimeMs: null,
  frameTimeVectorMs: null,
  actualFrameDurationMs: null,
  effectiveDurationS: null,
  cineRate: null,
  recommendedDisplayFrameRate: null,
  preferredPlaybackSequencing: null,
};

describe('frameTimes', () => {
  it('takes the attribute that the frame increment pointer names', () => {
    const both = { ...nothing, frameTimeMs: 20, frameTimeVectorMs: [33, 30, 40, 50] };
    expect(frameTimes({ ...both, frameIncrementPointer: ['00181063'] })).toMatchObject({
      source: 'frame-time',
      frameTimesMs: [0, 20, 40, 60],
      durationMs: 80,
    });
    expect(frameTimes({ ...both, frameIncrementPointer: ['00181065'] })).toMatchObject({
      source: 'frame-time-vector',
      frameTimesMs: [0, 30, 70, 120],
    });
  });

  it('ignores the first element of a vector and shows the last frame for the median gap', () => {
    const { frameTimesMs, durationMs } = frameTimes({ ...nothing, frameTimeVectorMs: [999, 30, 40, 50] });
    expect(frameTimesMs).toEqual([0, 30, 70, 120]);
    expect(durationMs).toBe(160);
  });

  it.each([
    ['too short', [33, 33, 33]],
    ['too long', [33, 33, 33, 33, 33]],
    ['a zero gap', [33, 0, 33, 33]],
    ['a negative gap', [33, 33, -33, 33]],
  ])('falls back to FrameTime when the vector is invalid: %s', (_, frameTimeVectorMs) => {
    const timing = frameTimes({
      ...nothing,
      frameIncrementPointer: ['00181065'],
      frameTimeVectorMs,
      frameTimeMs: 25,
    });
    expect(timing).toMatchObject({ source: 'frame-time', guessed: false, frameTimesMs: [0, 25, 50, 75] });
  });

  it.each([0, -40, Number.NaN, 0.04, 1e9])('does not believe a frame time of %s ms', (frameTimeMs) => {
    expect(frameTimes({ ...nothing, frameTimeMs, cineRate: 25 })).toMatchObject({ source: 'cine-rate' });
  });

  it('goes down the list of sources and calls what is no acquisition time guessed', () => {
    const steps = [
      [{ actualFrameDurationMs: 20 }, 'actual-frame-duration', false, 20],
      [{ effectiveDurationS: 0.2 }, 'effective-duration', true, 50],
      [{ cineRate: 40 }, 'cine-rate', true, 25],
      [{ recommendedDisplayFrameRate: 20 }, 'recommended-display-rate', true, 50],
      [{}, 'assumed', true, 1000 / 30],
    ] as const;
    for (let first = 0; first < steps.length; first += 1) {
      const attributes = Object.assign({}, nothing, ...steps.slice(first).map(([given]) => given));
      const [, source, guessed, frameTimeMs] = steps[first]!;
      const timing = frameTimes(attributes);
      expect(timing).toMatchObject({ source, guessed });
      expect(timing.frameTimesMs[1]).toBeCloseTo(frameTimeMs, 9);
      expect(timing.durationMs).toBeCloseTo(frameTimeMs * 4, 9);
    }
  });

  it('calls one frame a still, and reads the playback preference', () => {
    expect(frameTimes({ ...nothing, frames: 1, frameTimeMs: 40 })).toEqual({
      source: 'still',
      guessed: false,
      frameTimesMs: [0],
      durationMs: 0,
      playback: 'loop',
    });
    expect(frameTimes({ ...nothing, preferredPlaybackSequencing: 1 }).playback).toBe('sweep');
  });
});
