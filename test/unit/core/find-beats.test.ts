import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { findBeats, type RhythmHints } from '../../../core/beat/find-beats.ts';
import type { ClipTiming } from '../../../core/clip/timing.ts';
import { evenTiming } from './shapes.ts';

fc.configureGlobal({ seed: 2015 });
// Hundreds of cases each: seconds on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const noHints: RhythmHints = { rWaveTimesMs: [], heartRateBpm: null };

/**
 * A left ventricle's volume over one beat (0 ≤ phase < 1, ED at 0): ejection for a third of it, fast filling,
 * a plateau, and the atrial kick.
 */
function volumeAt(phase: number, edv = 120, esv = 55): number {
  const ease = (t: number): number => 0.5 - 0.5 * Math.cos(Math.PI * Math.min(1, Math.max(0, t)));
  if (phase < 0.35) return edv - (edv - esv) * ease(phase / 0.35);
  const filled = 0.72 * ease((phase - 0.37) / 0.2) + 0.28 * ease((phase - 0.85) / 0.15);
  return esv + (edv - esv) * filled;
}

/** A curve of beats of the given lengths in ms, from `startMs` into the first. */
function curveOf(
  cyclesMs: readonly number[],
  stepMs: number,
  startMs = 0,
  noise: (i: number) => number = () => 0,
) {
  const total = cyclesMs.reduce((sum, cycle) => sum + cycle, 0);
  const curve: number[] = [];
  for (let time = startMs, i = 0; time < total; time += stepMs, i++) {
    let within = time;
    let beat = 0;
    while (within >= cyclesMs[beat]!) within -= cyclesMs[beat++]!;
    curve.push(volumeAt(within / cyclesMs[beat]!) + noise(i));
  }
  return { curve, timing: evenTiming(curve.length, stepMs) };
}

/** Small repeatable noise. */
function noiseOf(amplitude: number): (i: number) => number {
  return (i) => amplitude * (Math.sin(i * 12.9898) * 0.6 + Math.sin(i * 78.233 + 1) * 0.4);
}

describe('beats of a regular rhythm', () => {
  it.each([
    [60, 33.3],
    [75, 20],
    [120, 16],
    [45, 40],
    [100, 60],
  ])('at %d bpm and %d ms a frame: ED where a beat starts, ES at the end of ejection', (bpm, stepMs) => {
    const cycle = 60_000 / bpm;
    const { curve, timing } = curveOf([cycle, cycle, cycle, 0.5 * cycle], stepMs, 0, noiseOf(1.5));
    const beats = findBeats(curve, timing, noHints);
    expect(beats.length).toBeGreaterThanOrEqual(3);
    beats.slice(0, 3).forEach((beat, i) => {
      expect(Math.abs(beat.edFrame * stepMs - i * cycle)).toBeLessThanOrEqual(Math.max(45, stepMs));
      expect(Math.abs(beat.esFrame * stepMs - (i + 0.36) * cycle)).toBeLessThanOrEqual(Math.max(50, stepMs));
      expect(beat.source).toBe('model');
    });
    expect(beats[0]!.nextEdFrame).toBe(beats[1]!.edFrame);
    expect(beats[1]!.nextEdFrame).toBe(beats[2]!.edFrame);
  });

  it('does not take the atrial kick or the plateau for a beat of their own', () => {
    const { curve, timing } = curveOf([1200, 1200, 1200], 20, 0, noiseOf(2));
    expect(findBeats(curve, timing, noHints).length).toBe(3);
  });

  it('starts with the first whole beat when the clip begins in the middle of one', () => {
    const { curve, timing } = curveOf([800, 800, 800], 25, 200);
    const beats = findBeats(curve, timing, noHints);
    expect(Math.abs(beats[0]!.edFrame * 25 - 600)).toBeLessThanOrEqual(50);
    for (const { edFrame, esFrame, nextEdFrame } of beats) {
      expect(esFrame).toBeGreaterThan(edFrame);
      if (nextEdFrame !== null) expect(esFrame).toBeLessThan(nextEdFrame);
    }
  });

  it('leaves out a last beat whose end systole is not in the clip', () => {
    const { curve, timing } = curveOf([800, 800, 800], 25);
    const cut = curve.slice(0, 64 + 5); // 125 ms into the third beat
    const beats = findBeats(
      cut,
      { ...timing, frameTimesMs: timing.frameTimesMs.slice(0, cut.length) },
      noHints,
    );
    expect(beats.length).toBe(2);
    expect(beats.every((beat) => beat.nextEdFrame !== null)).toBe(true);
  });
});

describe('beats of an irregular rhythm', () => {
  it('keeps ED and ES of each beat together in atrial fibrillation', () => {
    const cycles = [620, 900, 540, 1100, 700, 830];
    const { curve, timing } = curveOf(cycles, 20, 0, noiseOf(1.5));
    const beats = findBeats(curve, timing, noHints);
    expect(beats.length).toBe(6);
    let start = 0;
    beats.forEach((beat, i) => {
      expect(Math.abs(beat.edFrame * 20 - start)).toBeLessThanOrEqual(60);
      expect(beat.esFrame * 20).toBeGreaterThan(start);
      expect(beat.esFrame * 20).toBeLessThan(start + cycles[i]!);
      start += cycles[i]!;
    });
  });

  it('ignores a single frame that the model got wrong', () => {
    const { curve, timing } = curveOf([800, 800, 800], 25);
    const broken = curve.slice();
    broken[20] = 220;
    broken[50] = 4;
    const beats = findBeats(broken, timing, noHints);
    expect(beats.map((beat) => beat.edFrame)).not.toContain(20);
    expect(beats.map((beat) => beat.esFrame)).not.toContain(50);
    expect(beats.length).toBe(3);
  });
});

describe('hints', () => {
  it('move ED to an R wave only where the ventricle is nearly as large there', () => {
    // A plateau: two places are as good; the R wave decides.
    const flat = Array.from({ length: 60 }, (_, i) => {
      const phase = (i % 30) / 30;
      return phase < 0.4 ? 100 - 50 * Math.sin((Math.PI * phase) / 0.4) : 100 - 0.5 * Math.abs(phase - 0.55);
    });
    const timing = evenTiming(60, 33.3);
    const [first] = findBeats(flat, timing, noHints);
    const hinted = findBeats(flat, timing, { rWaveTimesMs: [990, 1990], heartRateBpm: null });
    expect(hinted.some((beat) => Math.abs(beat.edFrame * 33.3 - 990) <= 100 + 33.3)).toBe(true);
    expect(first).toBeDefined();
    const { curve, timing: other } = curveOf([800, 800, 800], 25);
    const wrong = { rWaveTimesMs: [250, 1050, 1850], heartRateBpm: null };
    expect(findBeats(curve, other, wrong).map((beat) => beat.edFrame)).toEqual(
      findBeats(curve, other, noHints).map((beat) => beat.edFrame),
    );
  });

  it('tell a beat with two humps from two beats, but only where they are complete', () => {
    // Four beats of a second; the third dips once more while it fills, by half of what an ejection does.
    const { curve, timing } = curveOf([1000, 1000, 1000, 1000], 20);
    const humps = curve.map((value, i) => {
      const within = i * 20 - 2000;
      return within > 560 && within < 960 ? value - 36 * Math.sin((Math.PI * (within - 560)) / 400) : value;
    });
    const rWaveTimesMs = [0, 1000, 2000, 3000];
    expect(findBeats(humps, timing, noHints).length).toBe(5);
    expect(findBeats(humps, timing, { rWaveTimesMs, heartRateBpm: null }).length).toBe(4);
    expect(findBeats(humps, timing, { rWaveTimesMs: [], heartRateBpm: 60 }).length).toBe(4);
    expect(findBeats(humps, timing, { rWaveTimesMs: [0, 3000], heartRateBpm: null }).length).toBe(5);
    // Two ejections are two beats, whatever the file says of R waves.
    const twice = curveOf([500, 500, 500], 20);
    for (const hints of [
      { rWaveTimesMs: [0, 1000], heartRateBpm: null },
      { rWaveTimesMs: [], heartRateBpm: 60 },
    ]) {
      expect(findBeats(twice.curve, twice.timing, hints)).toEqual(
        findBeats(twice.curve, twice.timing, noHints),
      );
    }
  });

  it('three R waves in ten beats lose none of them', () => {
    const { curve, timing } = curveOf(new Array<number>(10).fill(1000), 1000 / 30, 0, noiseOf(1));
    const all = findBeats(curve, timing, noHints);
    expect(all.length).toBe(10);
    const few = findBeats(curve, timing, { rWaveTimesMs: [0, 1000, 2000], heartRateBpm: null });
    expect(few.map(({ esFrame }) => esFrame)).toEqual(all.map(({ esFrame }) => esFrame));
    few.forEach(({ edFrame }, i) => expect(Math.abs(edFrame - all[i]!.edFrame)).toBeLessThanOrEqual(4));
  });
});

describe('R waves that are incomplete', () => {
  const rhythm = fc.oneof(
    fc
      .record({
        cycle: fc.double({ min: 480, max: 1300, noNaN: true }),
        uneven: fc.array(fc.double({ min: 0.95, max: 1.05, noNaN: true }), { minLength: 3, maxLength: 10 }),
      })
      .map(({ cycle, uneven }) => uneven.map((share) => cycle * share)),
    fc.array(fc.double({ min: 450, max: 1300, noNaN: true }), { minLength: 3, maxLength: 10 }),
  );
  const spoiling = fc.record({
    kept: fc.array(fc.boolean(), { minLength: 10, maxLength: 10 }),
    added: fc.array(fc.double({ min: -500, max: 14_000, noNaN: true }), { maxLength: 4 }),
    shiftMs: fc.oneof(fc.constant(0), fc.double({ min: -700, max: 700, noNaN: true })),
    jitterMs: fc.array(fc.double({ min: -150, max: 150, noNaN: true }), { minLength: 10, maxLength: 10 }),
    heartRateBpm: fc.option(fc.double({ min: 20, max: 240, noNaN: true }), { nil: null }),
  });

  it('neither lose nor invent a beat, and leave each ED in its beat', () => {
    fc.assert(
      fc.property(
        rhythm,
        spoiling,
        fc.double({ min: 16, max: 40, noNaN: true }),
        fc.double({ min: 0, max: 0.95, noNaN: true }),
        (cyclesMs, { kept, added, shiftMs, jitterMs, heartRateBpm }, stepMs, into) => {
          const startMs = into * cyclesMs[0]!;
          const { curve, timing } = curveOf(cyclesMs, stepMs, startMs, noiseOf(1));
          let at = -startMs;
          const waves = cyclesMs.flatMap((cycle, i) => {
            const wave = at + shiftMs + jitterMs[i]!;
            at += cycle;
            return kept[i] ? [wave] : [];
          });
          const hints = { rWaveTimesMs: [...waves, ...added], heartRateBpm };
          const without = findBeats(curve, timing, noHints);
          const found = findBeats(curve, timing, hints);
          expect(found.length).toBe(without.length);
          const starts = without.map(({ edFrame }) => edFrame * stepMs);
          found.forEach(({ edFrame, esFrame }, i) => {
            const gaps = [
              starts[i]! - (starts[i - 1] ?? -Infinity),
              (starts[i + 1] ?? Infinity) - starts[i]!,
            ];
            // Half of the shorter cycle, the reach of an R wave, and the frame or two of the refinement.
            const reach = Math.min(...gaps) / 2 + 100 + 2 * stepMs;
            expect(Math.abs(edFrame * stepMs - starts[i]!)).toBeLessThanOrEqual(reach);
            expect(Math.abs(esFrame - without[i]!.esFrame)).toBeLessThanOrEqual(2);
          });
        },
      ),
      { numRuns: 1500 },
    );
  });
});

describe('a clip with less than a beat', () => {
  it('of two frames gives the larger as ED, the smaller as ES, in either order', () => {
    expect(findBeats([120, 60], evenTiming(2), noHints)).toEqual([
      { edFrame: 0, esFrame: 1, nextEdFrame: null, source: 'model' },
    ]);
    expect(findBeats([60, 120], evenTiming(2), noHints)).toEqual([
      { edFrame: 1, esFrame: 0, nextEdFrame: null, source: 'model' },
    ]);
  });

  it('of one single beat gives its ED and ES', () => {
    const { curve, timing } = curveOf([800], 25);
    const [beat, ...more] = findBeats(curve, timing, noHints);
    expect(more).toEqual([]);
    expect(beat!.edFrame).toBeLessThanOrEqual(1);
    expect(Math.abs(beat!.esFrame * 25 - 290)).toBeLessThanOrEqual(50);
  });

  it('that only fills gives its largest and its smallest frame', () => {
    const rising = Array.from({ length: 12 }, (_, i) => 60 + 5 * i);
    const [beat] = findBeats(rising, evenTiming(12), noHints);
    expect(beat).toEqual({ edFrame: 11, esFrame: 0, nextEdFrame: null, source: 'model' });
  });

  it('keeps to one beat where it shows the end of one and the start of the next', () => {
    // ES of the beat before at frame 7, then a whole filling, ED at 19 and an ejection that the clip cuts off.
    const curve = [
      67, 65, 60, 55, 53, 56, 53, 50, 73, 82, 86, 86, 87, 89, 90, 88, 88, 89, 103, 110, 105, 105, 102, 96, 87,
      81, 74, 67, 67, 63,
    ];
    const [beat, ...more] = findBeats(curve, evenTiming(30), noHints);
    expect(more).toEqual([]);
    expect(beat).toEqual({ edFrame: 19, esFrame: 29, nextEdFrame: null, source: 'model' });
  });

  it('gives none for no, one or unchanging contours', () => {
    expect(findBeats([], evenTiming(0), noHints)).toEqual([]);
    expect(findBeats([null, null], evenTiming(2), noHints)).toEqual([]);
    expect(findBeats([null, 80, null], evenTiming(3), noHints)).toEqual([]);
    expect(findBeats([80, 80, 80, 80], evenTiming(4), noHints)).toEqual([]);
    expect(findBeats([NaN, Infinity], evenTiming(2), noHints)).toEqual([]);
  });
});

describe('frames without a contour', () => {
  it('are bridged, and never become ED or ES', () => {
    const { curve, timing } = curveOf([800, 800, 800], 25, 0, noiseOf(1));
    const whole = findBeats(curve, timing, noHints);
    const holes: (number | null)[] = curve.slice();
    for (const { edFrame, esFrame } of whole) {
      holes[edFrame] = null;
      holes[esFrame] = null;
    }
    for (const i of [5, 6, 7, 20, 21, 60]) holes[i] = null;
    const beats = findBeats(holes, timing, noHints);
    expect(beats.length).toBe(whole.length);
    beats.forEach((beat, i) => {
      expect(holes[beat.edFrame]).not.toBeNull();
      expect(holes[beat.esFrame]).not.toBeNull();
      expect(Math.abs(beat.edFrame - whole[i]!.edFrame)).toBeLessThanOrEqual(3);
      expect(Math.abs(beat.esFrame - whole[i]!.esFrame)).toBeLessThanOrEqual(3);
    });
  });

  it('leave the two frames that a person drew', () => {
    const curve = new Array<number | null>(40).fill(null);
    curve[7] = 118;
    curve[19] = 52;
    expect(findBeats(curve, evenTiming(40), noHints)).toEqual([
      { edFrame: 7, esFrame: 19, nextEdFrame: null, source: 'model' },
    ]);
    curve[7] = 52;
    curve[19] = 118;
    expect(findBeats(curve, evenTiming(40), noHints)).toEqual([
      { edFrame: 19, esFrame: 7, nextEdFrame: null, source: 'model' },
    ]);
  });
});

describe('whatever the curve', () => {
  const value = fc.option(fc.double({ min: 1, max: 300, noNaN: true }), { nil: null });
  it('beats are in order, apart, on traced frames, and each closes where the next begins', () => {
    fc.assert(
      fc.property(
        fc.array(value, { maxLength: 80 }),
        fc.double({ min: 5, max: 120, noNaN: true }),
        fc.array(fc.double({ min: -100, max: 9000, noNaN: true }), { maxLength: 4 }),
        (curve, stepMs, rWaveTimesMs) => {
          const timing: ClipTiming = evenTiming(curve.length, stepMs);
          const beats = findBeats(curve, timing, { rWaveTimesMs, heartRateBpm: null });
          beats.forEach((beat, i) => {
            expect(beat.edFrame).not.toBe(beat.esFrame);
            expect(curve[beat.edFrame]).toEqual(expect.any(Number));
            expect(curve[beat.esFrame]).toEqual(expect.any(Number));
            if (beats.length > 1 || beat.nextEdFrame !== null)
              expect(beat.esFrame).toBeGreaterThan(beat.edFrame);
            if (beat.nextEdFrame !== null) expect(beat.esFrame).toBeLessThan(beat.nextEdFrame);
            const next = beats[i + 1];
            if (next !== undefined) expect(next.edFrame).toBeGreaterThanOrEqual(beat.nextEdFrame!);
          });
        },
      ),
      { numRuns: 2000 },
    );
  });
});
