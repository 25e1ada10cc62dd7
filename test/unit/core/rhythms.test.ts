import { describe, expect, it } from 'vitest';
import type { Beat } from '../../../core/beat/beat.ts';
import { type BeatFlag, beatFlags, isProposedForExclusion } from '../../../core/beat/beat-flags.ts';
import { findBeats, type RhythmHints } from '../../../core/beat/find-beats.ts';
import {
  extrasystole,
  fibrillation,
  madeRhythm,
  type MadeRhythm,
  seeded,
  sinus,
} from '../../fixtures/rhythm/rhythm.ts';

const noHints: RhythmHints = { rWaveTimesMs: [], heartRateBpm: null };
const frameSteps = [16.7, 25, 33.3, 40];
const seeds = Array.from({ length: 60 }, (_, index) => index + 1);
const every = frameSteps.flatMap((stepMs) =>
  seeds.map((seed) => ({ stepMs, seed, random: seeded(seed * 31 + stepMs) })),
);

/** ED or ES that the clip cuts off by less may be given or not: the ventricle is nearly as large, or as small, there. */
const cutOffMs = 80;

interface Found {
  readonly beats: readonly Beat[];
  /** ES of beats that the clip shows and that were not found, ms. */
  readonly missed: readonly number[];
  /** ES of beats that are none, ms. */
  readonly invented: readonly number[];
  readonly flags: readonly (readonly BeatFlag[])[];
}

/**
 * A beat is found where its ES is the end of an ejection, and its ED lies between the ES before and the start of that
 * ejection: where the ventricle rests before it, any frame of that rest is as large. Of a
 * beat whose ED or ES the clip cuts off by a moment it is not judged whether it is given.
 */
function found({ curve, timing, edMs, esMs }: MadeRhythm, stepMs: number, hints = noHints): Found {
  const beats = findBeats(curve, timing, hints);
  const time = (frame: number): number => timing.frameTimesMs[frame]!;
  const near = Math.max(60, 1.5 * stepMs);
  const end = time(curve.length - 1);
  const made = esMs
    .map((es, index) => ({ es, ed: edMs[index]!, before: esMs[index - 1] ?? -Infinity }))
    .filter(({ ed, es }) => ed >= -cutOffMs && es <= end);
  const which = beats.map(({ edFrame, esFrame }) =>
    made.findIndex(
      ({ es, ed, before }) =>
        Math.abs(time(esFrame) - es) <= near &&
        time(edFrame) > before + near / 2 &&
        time(edFrame) <= ed + Math.max(80, 1.5 * stepMs),
    ),
  );
  return {
    beats,
    missed: made
      .filter(({ ed, es }, index) => !which.includes(index) && ed >= -stepMs / 2 && es <= end - cutOffMs)
      .map(({ es }) => es),
    invented: beats
      .filter((_, index) => which[index]! < 0 || which.indexOf(which[index]!) !== index)
      .filter(({ esFrame, nextEdFrame }) => nextEdFrame !== null || time(esFrame) <= end - cutOffMs)
      .map(({ esFrame }) => time(esFrame)),
    flags: beatFlags(beats, timing.frameTimesMs),
  };
}

const isExact = ({ missed, invented }: Found): boolean => missed.length === 0 && invented.length === 0;
const isDoubted = ({ flags }: Found): boolean => flags.some((own) => own.length > 0);
const told = (one: Found) => ({ missed: one.missed, invented: one.invented });
const exact = { missed: [], invented: [] };

describe('atrial fibrillation', () => {
  it.each([
    ['without R waves', 0.95, () => noHints],
    [
      'with R waves',
      0.97,
      ({ edMs }: MadeRhythm) => ({ rWaveTimesMs: edMs.slice(0, -1), heartRateBpm: null }),
    ],
  ])(
    'has its beats found %s, but weak ones that follow a short pause, and nearly all of those are doubted',
    (_what, share, hints) => {
      const all = every.map(({ stepMs, seed, random }) => {
        const made = madeRhythm(fibrillation(9, random), { stepMs, seed, kick: false });
        return found(made, stepMs, hints(made));
      });
      expect(all.filter(isExact).length).toBeGreaterThanOrEqual(share * all.length);
      // One in a hundred is neither: two beats of which one is weak are together no longer than others are.
      const silent = all.filter((one) => !isExact(one) && !isDoubted(one));
      expect(silent.length).toBeLessThanOrEqual(0.01 * all.length);
    },
  );
});

describe('an extrasystole with its compensatory pause', () => {
  const clips = every.map(({ stepMs, seed, random }) => {
    const coupling = 0.5 + 0.25 * random();
    const strength = 0.25 + 0.5 * random();
    const after = 1 + Math.floor(3 * random());
    const made = madeRhythm(extrasystole(8, after, coupling, strength, 700 + 300 * random()), {
      stepMs,
      seed,
    });
    return { made, stepMs, seed, after, strength };
  });

  it.each([
    ['without hints', () => noHints],
    ['with R waves', ({ edMs }: MadeRhythm) => ({ rWaveTimesMs: edMs.slice(0, -1), heartRateBpm: null })],
    ['with a heart rate', () => ({ rWaveTimesMs: [], heartRateBpm: 75 })],
  ])('is found %s, or, where it ejects next to nothing, the long beat over it is flagged', (_what, hints) => {
    const all = clips.map((clip) => ({ ...clip, ...found(clip.made, clip.stepMs, hints(clip.made)) }));
    for (const one of all.filter(({ strength }) => strength > 0.36)) {
      expect(told(one), `${one.stepMs} ms, seed ${one.seed}`).toEqual(exact);
    }
    const missed = all.filter((one) => !isExact(one));
    for (const { flags, after } of missed) expect(flags[after]).toContain('long');
    for (const { invented } of missed) expect(invented).toEqual([]);
  });

  it('is proposed for exclusion with the beat after it, and no other beat is', () => {
    for (const { made, stepMs, after, seed, strength } of clips.filter((clip) => clip.strength > 0.36)) {
      const { flags } = found(made, stepMs);
      const proposed = flags.flatMap((own, index) => (isProposedForExclusion(own) ? [index] : []));
      expect(proposed, `${stepMs} ms, seed ${seed}, strength ${strength}`).toEqual([after + 1, after + 2]);
    }
  });
});

describe('sinus rhythm whose R waves are wrong in the file', () => {
  const clips = every.map(({ stepMs, seed, random }) => {
    const cycleMs = 650 + 500 * random();
    const made = madeRhythm(
      Array.from({ length: 6 }, () => sinus(cycleMs * (0.97 + 0.06 * random()))),
      { stepMs, seed },
    );
    const waves = made.edMs.slice(0, -1);
    const at = Math.floor(6 * random());
    const wrong = [...waves, waves[at]! + (0.25 + 0.5 * random()) * cycleMs].sort((a, b) => a - b);
    return { made, stepMs, seed, missing: waves.filter((_, index) => index !== at), wrong, cycleMs };
  });

  it.each([
    [
      'one is missing',
      ({ missing }: (typeof clips)[number]) => ({ rWaveTimesMs: missing, heartRateBpm: null }),
    ],
    ['one is none', ({ wrong }: (typeof clips)[number]) => ({ rWaveTimesMs: wrong, heartRateBpm: null })],
    [
      'the rate counts the T waves, too',
      ({ cycleMs }: (typeof clips)[number]) => ({ rWaveTimesMs: [], heartRateBpm: 120_000 / cycleMs }),
    ],
  ])('has each beat found once where %s, and none doubted', (_what, hints) => {
    for (const clip of clips) {
      const one = found(clip.made, clip.stepMs, hints(clip));
      expect(told(one), `${clip.stepMs} ms, seed ${clip.seed}`).toEqual(exact);
      expect(one.flags.flat(), `${clip.stepMs} ms, seed ${clip.seed}`).toEqual([]);
    }
  });
});

describe('half beats at both ends', () => {
  it('make no beat without its ED or its ES, and leave the whole ones as they are', () => {
    for (const { stepMs, seed, random } of every) {
      const cycleMs = 650 + 500 * random();
      const [fromMs, toMs] = [cycleMs * (0.05 + 0.9 * random()), cycleMs * (4.05 + 0.9 * random())];
      const made = madeRhythm(
        Array.from({ length: 6 }, () => sinus(cycleMs)),
        { stepMs, seed, fromMs, toMs },
      );
      const one = found(made, stepMs);
      expect(told(one), `${stepMs} ms, seed ${seed}`).toEqual(exact);
      expect(one.beats.filter(({ nextEdFrame }) => nextEdFrame !== null).length).toBeGreaterThanOrEqual(3);
    }
  });
});
