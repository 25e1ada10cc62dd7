import type { BeatRow } from './beat-table.ts';

/**
 * Which beats a mean is advised to be of (ASE/EACVI 2015): three in sinus rhythm, five in atrial fibrillation; or the one
 * index beat of an irregular rhythm, which two beats of like length precede.
 */
export type BeatPreset = 'sinus-rhythm' | 'atrial-fibrillation' | 'index-beat';

const beatsOf: Readonly<Record<Exclude<BeatPreset, 'index-beat'>, number>> = {
  'sinus-rhythm': 3,
  'atrial-fibrillation': 5,
};

/** The two beats before an index beat differ in length by less than this share of the longer one. */
const indexTolerance = 0.1;

/**
 * Indices of the beats that a preset takes, in order; fewer than it asks for where the clip has no more, none where it has
 * no index beat. Whole measured beats only, the first that follow one another, else the first there are; in sinus rhythm
 * none with a flag.
 */
export function presetBeats(rows: readonly BeatRow[], preset: BeatPreset): readonly number[] {
  const measured = rows.filter(({ efPercent, whole }) => efPercent !== null && whole);
  if (preset === 'index-beat') return indexBeat(rows, measured);
  const count = beatsOf[preset];
  const fit = measured
    .filter(({ flags }) => preset === 'atrial-fibrillation' || flags.length === 0)
    .map(({ index }) => index);
  const run = fit.findIndex((index, place) => fit[place + count - 1] === index + count - 1);
  return run < 0 ? fit.slice(0, count) : fit.slice(run, run + count);
}

/** The beat whose two predecessors are most alike in length. */
function indexBeat(rows: readonly BeatRow[], measured: readonly BeatRow[]): readonly number[] {
  const candidates = measured.flatMap(({ index }) => {
    const before = rows[index - 1]?.cycleMs ?? null;
    const earlier = rows[index - 2]?.cycleMs ?? null;
    if (before === null || earlier === null) return [];
    const difference = Math.abs(before - earlier) / Math.max(before, earlier);
    return difference < indexTolerance ? [{ index, difference }] : [];
  });
  const best = candidates.sort((a, b) => a.difference - b.difference || a.index - b.index)[0];
  return best === undefined ? [] : [best.index];
}
