import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { elapsedOf, frameAt } from '../../../core/clip/frame-at.ts';
import { frameTimes } from '../../../core/clip/frame-times.ts';
import type { ClipTiming } from '../../../core/clip/timing.ts';

function timing(gaps: readonly number[]): ClipTiming {
  return frameTimes({
    frames: gaps.length,
    frameIncrementPointer: [],
    frameTimeMs: null,
    frameTimeVectorMs: gaps,
    actualFrameDurationMs: null,
    effectiveDurationS: null,
    cineRate: null,
    recommendedDisplayFrameRate: null,
    preferredPlaybackSequencing: null,
  });
}

const gapsArbitrary = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 2, maxLength: 60 });

describe('frameAt', () => {
  const uneven = timing([99, 10, 20, 30]);

  it('shows each frame for its own time and loops', () => {
    const shown = [0, 9.9, 10, 29, 30, 59.9, 60, 79.9, 80, 90].map((time) => frameAt(uneven, time, 'loop'));
    expect(uneven.durationMs).toBe(80);
    expect(shown).toEqual([0, 0, 1, 1, 2, 2, 3, 3, 0, 1]);
  });

  it('sweeps back through the frames between the ends', () => {
    // Forwards 0 1 2 3 until 80 ms, back through 2 (30 ms) and 1 (20 ms), and 0 again at 130 ms.
    const shown = [79, 80, 109.9, 110, 129.9, 130, 140].map((time) => frameAt(uneven, time, 'sweep'));
    expect(shown).toEqual([3, 2, 2, 1, 1, 0, 1]);
  });

  it('agrees with a search from the front at any time (property)', () => {
    fc.assert(
      fc.property(gapsArbitrary, fc.double({ min: 0, max: 1e6, noNaN: true }), (gaps, elapsed) => {
        const table = timing(gaps);
        const position = elapsed % table.durationMs;
        const expected = table.frameTimesMs.findLastIndex((start) => start <= position);
        expect(frameAt(table, elapsed, 'loop')).toBe(expected);
      }),
      { seed: 1 },
    );
  });

  it('gives every inner frame the same time forwards and backwards in a sweep (property)', () => {
    fc.assert(
      fc.property(gapsArbitrary, (gaps) => {
        const table = timing(gaps);
        const last = gaps.length - 1;
        const period = table.durationMs + table.frameTimesMs[last]! - table.frameTimesMs[1]!;
        const counts = new Map<number, number>();
        for (let elapsed = 0.5; elapsed < period; elapsed += 1) {
          const frame = frameAt(table, elapsed, 'sweep');
          counts.set(frame, (counts.get(frame) ?? 0) + 1);
        }
        for (let frame = 1; frame < last; frame += 1) {
          expect(counts.get(frame)).toBe(2 * (table.frameTimesMs[frame + 1]! - table.frameTimesMs[frame]!));
        }
        expect(counts.get(0)).toBe(table.frameTimesMs[1]);
      }),
      { seed: 2, numRuns: 50 },
    );
  });

  it('survives stills, negative and impossible times', () => {
    expect(frameAt(timing([1]), 500, 'loop')).toBe(0);
    expect(frameAt(uneven, -1, 'loop')).toBe(3);
    expect(frameAt(uneven, Number.NaN, 'sweep')).toBe(0);
  });

  it('does not drift: ten seconds at 12.4 ms a frame end on the right frame', () => {
    const table = timing(Array.from({ length: 50 }, () => 12.4));
    expect(frameAt(table, 10_000, 'loop')).toBe(Math.floor(10_000 / 12.4) % 50);
  });

  it('is undone by elapsedOf', () => {
    for (let frame = 0; frame < 4; frame += 1) {
      expect(frameAt(uneven, elapsedOf(uneven, frame), 'loop')).toBe(frame);
    }
    expect(elapsedOf(uneven, 99)).toBe(60);
  });
});
