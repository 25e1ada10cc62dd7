import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { frameTimes, timingOddities, type TimingAttributes } from '../../../core/clip/frame-times.ts';

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
      expect(timing.source).toBe(source);
      expect(frameTimes({ ...nothing, ...steps[first]![0] }).guessed).toBe(guessed);
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

describe('contradictions about time', () => {
  const oddities = (attributes: TimingAttributes) => timingOddities(attributes, frameTimes(attributes));
  const rate = fc.double({ min: 5, max: 400, noNaN: true });

  it('are said, and no heart rate comes from such times, whichever two attributes they are between', () => {
    fc.assert(
      fc.property(
        rate,
        rate,
        fc.constantFrom('cineRate', 'recommendedDisplayFrameRate', 'effectiveDurationS', 'vector'),
        fc.integer({ min: 4, max: 200 }),
        (framesPerSecond, other, which, frames) => {
          fc.pre(Math.max(framesPerSecond, other) > 1.15 * Math.min(framesPerSecond, other) + 1.5);
          const second: Partial<TimingAttributes> =
            which === 'vector'
              ? { frameTimeVectorMs: Array.from({ length: frames }, () => 1000 / other) }
              : { [which]: which === 'effectiveDurationS' ? frames / other : other };
          fc.pre(
            which !== 'effectiveDurationS' ||
              Math.abs(framesPerSecond - other) > other / (frames - 1) + other * 0.2,
          );
          const attributes = {
            ...nothing,
            frames,
            frameIncrementPointer: ['00181063'],
            frameTimeMs: 1000 / framesPerSecond,
            ...second,
          };
          expect(oddities(attributes)).toMatchObject([{ kind: 'frame-rate-differs' }]);
          const timing = frameTimes(attributes);
          expect(timing).toMatchObject({ source: 'frame-time', guessed: true });
          expect(timing.frameTimesMs[1]).toBeCloseTo(1000 / framesPerSecond, 6);
        },
      ),
    );
  });

  it('are none where a rate is rounded to whole frames, or stands for "not stated"', () => {
    fc.assert(
      fc.property(
        rate,
        fc.constantFrom('cineRate', 'recommendedDisplayFrameRate'),
        (framesPerSecond, which) => {
          for (const stated of [Math.round(framesPerSecond), Math.floor(framesPerSecond), 0]) {
            const attributes = { ...nothing, frameTimeMs: 1000 / framesPerSecond, [which]: stated };
            expect(oddities(attributes)).toEqual([]);
            expect(frameTimes(attributes).guessed).toBe(false);
          }
        },
      ),
    );
  });

  it('reads a vector of times from the first frame as what it is', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 2, max: 200, noNaN: true }),
        fc.array(fc.double({ min: 0.9, max: 1.1, noNaN: true }), { minLength: 4, maxLength: 100 }),
        fc.boolean(),
        (gapMs, jitter, fromZero) => {
          const gaps = jitter.map((factor) => gapMs * factor);
          let elapsedMs = fromZero ? 0 : gapMs;
          const times = [elapsedMs, ...gaps.map((gap) => (elapsedMs += gap))];
          const attributes = { ...nothing, frames: times.length, frameTimeVectorMs: times };
          const timing = frameTimes(attributes);
          expect(oddities(attributes)).toEqual([{ kind: 'frame-times-cumulative' }]);
          timing.frameTimesMs.forEach((time, frame) =>
            expect(time).toBeCloseTo(times[frame]! - times[0]!, 6),
          );
        },
      ),
    );
  });

  it('never takes gaps for times, however uneven', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 10, max: 60, noNaN: true }), { minLength: 8, maxLength: 100 }),
        (gaps) => {
          const attributes = { ...nothing, frames: gaps.length, frameTimeVectorMs: gaps };
          expect(oddities(attributes)).toEqual([]);
        },
      ),
    );
  });

  it.each([0, -40, Number.NaN, Infinity])('says that a frame time of %d cannot be used', (frameTimeMs) => {
    const attributes = { ...nothing, frameTimeMs, cineRate: 25, present: ['Frame Time'] as const };
    expect(oddities(attributes)).toEqual([{ kind: 'frame-times-unusable', attribute: 'Frame Time' }]);
    expect(frameTimes(attributes)).toMatchObject({ source: 'cine-rate', guessed: true });
  });

  it('says that a vector of the wrong length cannot be used, unless it is as long as the stated frames', () => {
    const attributes = {
      ...nothing,
      frameTimeVectorMs: [40, 40, 40, 40, 40, 40],
      present: ['Frame Time Vector'] as const,
    };
    expect(oddities(attributes)).toEqual([{ kind: 'frame-times-unusable', attribute: 'Frame Time Vector' }]);
    expect(frameTimes({ ...attributes, statedFrames: 6 }).frameTimesMs).toEqual([0, 40, 80, 120]);
    expect(frameTimes({ ...attributes, frames: 8, statedFrames: 6 }).frameTimesMs).toHaveLength(8);
  });
});
