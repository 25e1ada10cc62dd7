import { said } from '../../fixtures/said.ts';
import { describe, expect, it } from 'vitest';
import type { Beat } from '../../../core/beat/beat.ts';
import { beatFlags } from '../../../core/beat/beat-flags.ts';
import { exclusionsOf, movedExclusions, withExclusion } from '../../../core/beat/excluded-beats.ts';
import { presetBeats } from '../../../core/measurement/beat-preset.ts';
import { measureStudy } from '../../../core/assessment/measure-study.ts';
import { applyChanges, invertChanges } from '../../../core/review/apply.ts';
import { editSchema } from '../../../core/review/edit.ts';
import { excludedBy } from '../../../core/review/excluded-by.ts';
import { entryOf, type HistoryEntry } from '../../../core/review/history-entry.ts';
import type { Change } from '../../../core/review/review.ts';
import { excludedBeatsSchema } from '../../../core/review/schema.ts';
import { codes, facts, finding, frames, measure, traces, value } from './measured-clip.ts';
import {
  beatingTraces,
  clipFacts,
  clipReview,
  evenTiming,
  options,
  studyFacts,
  studyReview,
} from './shapes.ts';

/** Beats of the given lengths in ms on a clip of 20 ms a frame, the last one cut off where asked. */
function beatsOf(cyclesMs: readonly number[], cutOff = false): { beats: Beat[]; times: readonly number[] } {
  let frame = 0;
  const beats = cyclesMs.map((cycle, index): Beat => {
    const edFrame = frame;
    frame += cycle / 20;
    const last = cutOff && index === cyclesMs.length - 1;
    return { edFrame, esFrame: edFrame + 8, nextEdFrame: last ? null : frame, source: 'model' };
  });
  return { beats, times: evenTiming(frame + 10, 20).frameTimesMs };
}

const flagsOf = (cyclesMs: readonly number[], cutOff = false) => {
  const { beats, times } = beatsOf(cyclesMs, cutOff);
  return beatFlags(beats, times);
};

describe('flags of beats', () => {
  it.each([
    ['sinus rhythm has none', [800, 820, 780, 800], [[], [], [], []]],
    ['a beat not seen is long', [800, 800, 1600, 800], [[], [], ['long'], []]],
    ['just 1.6 times the median is not', [800, 800, 1280, 800], [[], [], [], []]],
    [
      'just 0.6 times the median is not short',
      [1000, 1000, 600, 1000, 1000],
      [[], [], [], ['early'], ['after-early']],
    ],
    [
      'an extrasystole with its pause, and the beat after it',
      [800, 800, 460, 1140, 800, 800],
      [[], [], ['short'], ['early'], ['after-early'], []],
    ],
    [
      'an extrasystole without a pause',
      [800, 800, 560, 800, 800, 800],
      [[], [], [], ['early'], ['after-early'], []],
    ],
    [
      'two extrasystoles one after the other',
      [800, 800, 460, 440, 1100, 800, 800],
      [[], [], ['short'], ['short', 'early'], ['early'], ['after-early'], []],
    ],
    [
      'atrial fibrillation has nothing to be early for',
      [620, 900, 540, 1100, 700, 830],
      [[], [], [], [], [], []],
    ],
    ['one beat has nothing to be compared with', [800], [[]]],
    ['of two beats only the longer can stand out', [800, 1400], [[], ['long']]],
  ])('%s', (_, cycles, expected) => {
    expect(flagsOf(cycles)).toEqual(expected);
  });

  it('a beat that the clip cuts off after an early ED is early, too', () => {
    expect(flagsOf([800, 800, 800, 500, 1100], true)).toEqual([[], [], [], [], ['early']]);
  });

  it('a beat that ends on the last frame may be longer than it seems', () => {
    const { beats, times } = beatsOf([800, 800, 800, 400]);
    const cut = times.slice(0, beats[3]!.nextEdFrame! + 1);
    expect(beatFlags(beats, cut)[3]).toEqual([]);
    expect(beatFlags(beats, times)[3]).toEqual(['short']);
  });
});

describe('exclusions', () => {
  const { beats } = beatsOf([800, 800, 800]);

  it('mean the beat whose ED is found again near by, and none where there is none any more', () => {
    expect(exclusionsOf(beats, [40]).markOf).toEqual(new Map([[1, 40]]));
    expect(exclusionsOf(beats, [48]).markOf).toEqual(new Map([[1, 48]]));
    expect(exclusionsOf(beats, [60])).toEqual({ markOf: new Map(), lost: [60] });
    expect(exclusionsOf([], [3]).lost).toEqual([3]);
    expect(exclusionsOf(beats, null).markOf.size).toBe(0);
  });

  it('go with a beat that is moved by hand, and end with one that is removed', () => {
    const moved = beats.map((beat, index) => (index === 1 ? { ...beat, edFrame: 20 } : beat));
    expect(movedExclusions(beats, moved, (index) => index, [40, 80])).toEqual([20, 80]);
    const without = [beats[0]!, beats[2]!];
    const same = (index: number) => (index === 1 ? null : Math.min(index, 1));
    expect(movedExclusions(beats, without, same, [40, 80])).toEqual([80]);
    expect(movedExclusions(beats, without, same, null)).toBeNull();
  });

  it('are ascending, each once, and frames', () => {
    expect(excludedBeatsSchema.safeParse([0, 25]).success).toBe(true);
    for (const wrong of [[25, 0], [3, 3], [-1], [1.5], ['0'], Array.from({ length: 10_001 }, (_, i) => i)]) {
      expect(excludedBeatsSchema.safeParse(wrong).success).toBe(false);
    }
    const edit = { slot: 'excludedBeats', sopInstanceUid: '1.2.3.1', before: null, after: [0] };
    expect(editSchema.safeParse(edit).success).toBe(true);
    // Who excluded a beat is the library's word.
    expect(editSchema.safeParse({ ...edit, by: 'somebody' }).success).toBe(false);
  });

  it('are one step of history, and name who made them last', () => {
    const clip = clipReview(facts);
    const review = studyReview(studyFacts(), [[facts, clip]]);
    const change = (before: number[] | null, after: number[] | null): Change => ({
      slot: 'excludedBeats',
      sopInstanceUid: facts.sopInstanceUid,
      before,
      after,
    });
    const after = applyChanges(review, [change(null, [25])]);
    expect(after.clips[facts.sopInstanceUid]!.excludedBeats).toEqual([25]);
    expect(applyChanges(after, invertChanges([change(null, [25])]))).toEqual(review);
    expect(() => applyChanges(after, [change(null, [0])])).toThrow(/changed meanwhile/);
    const by = (author: string, ...changes: Change[]): HistoryEntry =>
      entryOf({
        ...{ id: 1, studyInstanceUid: '1', at: '', kind: 'edit', label: '', target: null },
        author,
        changes,
      });
    const revisions = [
      by('Ada', change(null, [25])),
      by('Ben', change([25], [0, 25])),
      by('Cem', change([0, 25], [25])),
    ];
    expect(excludedBy(revisions, facts.sopInstanceUid, 25)).toBe('Ada');
    expect(excludedBy(revisions, facts.sopInstanceUid, 0)).toBe('Ben');
    expect(excludedBy(revisions, '9.9', 25)).toBeNull();
    expect(excludedBy(revisions, facts.sopInstanceUid, 50)).toBeNull();
  });
});

describe('means of a clip', () => {
  /** The second of three beats is smaller than the others. */
  const uneven = { ...traces };
  for (let frame = 13; frame < 38; frame++)
    uneven[frame] = beatingTraces(frames, 25, { diameter: 110 })[frame]!;

  it('without a choice are those over all measured beats', () => {
    const result = measure({}, { traces: uneven });
    const rows = result.beatTable;
    expect(rows).toHaveLength(3);
    const mean = rows.reduce((sum, row) => sum + row.edvMl!, 0) / 3;
    expect(value(result, 'EDV')).toBeCloseTo(mean, 9);
    expect(result.measurements).toEqual(measure({}, { traces: uneven, excludedBeats: [] }).measurements);
  });

  it('are of the included beats, with their count and range; each beat keeps its own numbers', () => {
    const all = measure({}, { traces: uneven });
    const result = measure({}, { traces: uneven, excludedBeats: [25] });
    const rows = result.beatTable;
    expect(rows.map(({ included }) => included)).toEqual([true, false, true]);
    expect(rows[1]!.edvMl).toBe(value(all, 'EDV', 'single-plane-disks', 1));
    expect(value(result, 'EDV')).toBeCloseTo((rows[0]!.edvMl! + rows[2]!.edvMl!) / 2, 9);
    expect(value(result, 'EDV')).not.toBeCloseTo(value(all, 'EDV')!, 1);
    const spread = result.spread.find(({ name, method }) => name === 'EF' && method === 'single-plane-disks');
    const fractions = [rows[0]!.efPercent!, rows[2]!.efPercent!];
    expect(spread).toMatchObject({
      count: 2,
      least: Math.min(...fractions),
      greatest: Math.max(...fractions),
    });
    expect(finding(result, 'beats-excluded')).toMatchObject({
      severity: 'information',
      sources: [{ frame: 25 }],
    });
    expect(rows[0]!.cycleMs).toBeCloseTo(25 * 33.3, 6);
    expect(rows[2]).toMatchObject({ whole: false, cycleMs: null });
  });

  it('have no length where no beat agrees with the heart rate of the file, and keep it where one does', () => {
    // 25 frames of 33.3 ms are 72 beats a minute.
    const lengths = (heartRateBpm: number | null) =>
      measure({ heartRateBpm }).beatTable.map(({ cycleMs }) => cycleMs !== null);
    expect(lengths(72)).toEqual([true, true, false]);
    expect(lengths(36)).toEqual([false, false, false]);
    expect(lengths(null)).toEqual([true, true, false]);
  });

  it('of no beat are refused, and the study takes no number from the clip', () => {
    const excludedBeats = measure().beatTable.map(({ beat }) => beat.edFrame);
    const result = measure({}, { excludedBeats });
    expect(value(result, 'EF')).toBeUndefined();
    expect(value(result, 'EF', 'single-plane-disks', 0)).toBeDefined();
    expect(finding(result, 'no-beat-included')!.severity).toBe('refusal');
    const review = studyReview(studyFacts(), [[facts, clipReview(facts, { traces, excludedBeats })]]);
    const study = measureStudy(studyFacts(), [facts], review, options);
    expect(study.measurements.filter(({ name }) => name === 'EF')).toEqual([]);
    expect(study.used).toEqual([]);
  });

  it('say where an excluded beat is no longer found', () => {
    expect(said(finding(measure({}, { excludedBeats: [12] }), 'exclusion-lost'))).toMatch(/frame 13/);
    expect(codes(measure({}, { excludedBeats: [26] }))).not.toContain('exclusion-lost');
  });

  it('propose an extrasystole and the beat after it, and count them until the reader excludes them', () => {
    const timing = evenTiming(frames, 20);
    const beat = (edFrame: number, nextEdFrame: number): Beat => ({
      edFrame,
      esFrame: edFrame + 3,
      nextEdFrame,
      source: 'user',
    });
    const beats = [beat(0, 10), beat(10, 20), beat(20, 26), beat(26, 40), beat(40, 50), beat(50, 60)];
    const open = measure({ timing }, { beats });
    expect(open.beatTable.map(({ proposed }) => proposed)).toEqual([false, false, false, true, true, false]);
    expect(open.beatTable.every(({ included }) => included)).toBe(true);
    expect(finding(open, 'early-beat')).toMatchObject({
      severity: 'warning',
      sources: [{ frame: 26 }, { frame: 40 }],
    });
    expect(codes(measure({ timing }, { beats, excludedBeats: [26, 40] }))).not.toContain('early-beat');
  });

  it('flag a beat much shorter than the others', () => {
    const beat = (edFrame: number, nextEdFrame: number): Beat => ({
      edFrame,
      esFrame: edFrame + 3,
      nextEdFrame,
      source: 'model',
    });
    const beats = [beat(0, 20), beat(20, 31), beat(31, 51)];
    const short = finding(measure({}, { beats }), 'short-beat');
    expect(short).toMatchObject({ severity: 'warning', sources: [{ frame: 20 }] });
    expect(said(short)).toContain('frames 21 to 32');
  });
});

describe('biplane', () => {
  it('pairs the included beats and says which', () => {
    const a4c = clipFacts({ frames });
    const a2c = clipFacts({ frames, sopInstanceUid: '1.2.3.2', view: { code: 'a2c', source: 'file' } });
    const measured = (excludedBeats: number[] | null) =>
      measureStudy(
        studyFacts(),
        [a4c, a2c],
        studyReview(studyFacts(), [
          [a4c, clipReview(a4c, { traces, excludedBeats })],
          [a2c, clipReview(a2c, { traces })],
        ]),
        options,
      );
    expect(measured(null).beatPairs).toEqual([
      { a4c: 0, a2c: 0 },
      { a4c: 1, a2c: 1 },
      { a4c: 2, a2c: 2 },
    ]);
    const chosen = measured([0]);
    expect(chosen.beatPairs).toEqual([
      { a4c: 1, a2c: 0 },
      { a4c: 2, a2c: 1 },
    ]);
    expect(chosen.spread.find(({ name }) => name === 'EF')).toMatchObject({
      count: 2,
      method: 'biplane-disks',
    });
  });
});

describe('presets', () => {
  /** Rows of beats of the given lengths, all measured unless the clip cuts them off. */
  const rowsOf = (cyclesMs: readonly number[]) => {
    const { beats, times } = beatsOf(cyclesMs, true);
    const flags = beatFlags(beats, times);
    return beats.map((beat, index) => ({
      index,
      beat,
      cycleMs: beat.nextEdFrame === null ? null : cyclesMs[index]!,
      whole: beat.nextEdFrame !== null,
      edvMl: 100,
      esvMl: 50,
      efPercent: 50,
      exclusionMark: null,
      included: true,
      flags: flags[index]!,
      proposed: false,
    }));
  };

  it('for sinus rhythm take three beats in a row without a flag', () => {
    const rows = rowsOf([800, 460, 1140, 800, 800, 800, 800, 800]);
    expect(presetBeats(rows, 'sinus-rhythm')).toEqual([4, 5, 6]);
    expect(presetBeats(rowsOf([800, 800, 800]), 'sinus-rhythm')).toEqual([0, 1]);
  });

  it('for atrial fibrillation take five in a row, long and short alike', () => {
    const rows = rowsOf([620, 900, 440, 1300, 700, 840, 800]);
    expect(presetBeats(rows, 'atrial-fibrillation')).toEqual([0, 1, 2, 3, 4]);
  });

  it('for an index beat take the one after two beats of like length, and none where there is none', () => {
    expect(presetBeats(rowsOf([620, 900, 880, 1100, 700, 840]), 'index-beat')).toEqual([3]);
    expect(presetBeats(rowsOf([620, 900, 540, 1100, 700]), 'index-beat')).toEqual([]);
  });
});

describe('excluding and including', () => {
  const { beats } = beatsOf([800, 800, 800]);

  it('adds and removes what means the beat, and keeps the rest', () => {
    expect(withExclusion(beats, null, 1, true)).toEqual([40]);
    expect(withExclusion(beats, [2, 40], 1, false)).toEqual([2]);
    expect(withExclusion(beats, [38, 42, 60], 1, false)).toEqual([60]);
    expect(withExclusion(beats, [80], 0, true)).toEqual([0, 80]);
    expect(withExclusion(beats, [80], 2, false)).toEqual([]);
  });
});
