import type { ClipTiming } from '../clip/timing.ts';
import type { Beat } from './beat.ts';
import { type Extremum, findExtrema, quantile } from './extrema.ts';
import { fillGaps, smoothCurve } from './smooth-curve.ts';

/** What the file or the user says about the heart's rhythm; used to help, never to place a frame alone. */
export interface RhythmHints {
  /** R waves in ms from the first frame. */
  readonly rWaveTimesMs: readonly number[];
  readonly heartRateBpm: number | null;
}

/** A turn of the curve counts when it stands out by this share of the curve's range. */
const prominenceShare = 0.3;
/** An extremum cut off by the clip's end counts when it comes this near, in shares of the range, to a whole one. */
const cutOffShare = 0.1;
/** ED is looked for this near an R wave, where one is known, if the ventricle is nearly as large there. */
const rWaveReachMs = 100;
const rWaveLossShare = 0.1;
/** Smoothing may shift a turn by a frame: the true one is looked for this near (one frame at least)… */
const refineMs = 20;
/** …among frames whose own value is within this share of the range of the smoothed one, so no outlier. */
const refineTrustShare = 0.1;
/** A fall that the clip cuts off is a beat's own ejection when it spans this share of the range. */
const partialFallShare = 0.6;
/**
 * Two ED closer than this share of the cycle that the file states may be one beat seen twice: where the fall between
 * them is less than this share of the clip's usual one, and no R wave opens a second beat.
 */
const leastCycleShare = 0.55;
const shallowFallShare = 0.6;
/** With fewer R waves than this share of the ED found, too many are missing for them to say that two ED are one beat. */
const completeShare = 0.65;
/** A stated cycle that no two ED are even nearly apart is not this clip's. */
const statedCycleShare = 0.8;
/** 240 beats a minute. */
const leastCycleMs = 250;
const greatestCycleMs = 4000;
/** A range smaller than this share of the mean is no beat at all. */
const leastRangeShare = 1e-3;

/**
 * The beats of a clip, found on its volume (or area) curve: ED is the largest ventricle of a beat and ES the
 * smallest one before the next ED (ASE/EACVI 2015 allows either this or the valve's closure). ED and ES of
 * one beat are never taken from two where the clip shows two.
 *
 * The curve alone decides how many beats there are; R waves and heart rate only help to place an ED and to tell a beat
 * with two humps from two beats. Files hold R waves that are incomplete, and three of them in ten beats make ten beats.
 *
 * Frames whose value is null have no contour; they never become ED or ES. The last beat may end with the clip
 * (`nextEdFrame` null). A clip too short for ED–ES–ED gives the part of a beat that it shows best, and where it
 * shows no ejection at all its largest and smallest frame, whichever comes first. A clip with fewer than two contours, or none that differ, has no beat.
 */
export function findBeats(curve: readonly (number | null)[], timing: ClipTiming, hints: RhythmHints): Beat[] {
  const times = frameTimes(timing, curve.length);
  const filled = fillGaps(curve, times);
  if (filled === null) return [];
  const traced = curve.map((value) => value !== null && Number.isFinite(value));
  if (traced.filter(Boolean).length < 2) return [];

  const cycle = statedCycleMs(hints);
  const smooth = smoothCurve(filled, times, Math.min(30, (cycle ?? 800) / 25));
  const range = quantile(smooth, 0.98) - quantile(smooth, 0.02);
  const mean = smooth.reduce((sum, value) => sum + value, 0) / smooth.length;
  if (!(range > leastRangeShare * Math.abs(mean))) return [];

  const turns = findExtrema(smooth, prominenceShare * range);
  const maxima = trueTurns(turns, 'maximum', smooth, range);
  const minima = trueTurns(turns, 'minimum', smooth, range);
  const apart = mergeClose(maxima, smooth, times, leastCycleMs);
  const beatStarts = withoutSecondHumps(apart, smooth, times, hints, cycle);
  const eds = atRWaves(beatStarts, smooth, times, hints.rWaveTimesMs, range);
  const refine = (frame: number, kind: 'maximum' | 'minimum'): number =>
    refined(frame, kind, curve, smooth, times, range);
  const beats = cutAtEndDiastole(eds, minima, smooth, traced, refine);
  if (beats.length > 0) return beats;

  const part = deepestFall(turns, smooth, traced, range);
  const all = { from: 0, to: curve.length - 1 };
  const largest = part?.ed ?? extremeFrame(smooth, traced, all, 'maximum');
  const smallest = part?.es ?? extremeFrame(smooth, traced, all, 'minimum');
  if (largest === null || smallest === null) return [];
  const edFrame = refine(largest, 'maximum');
  const esFrame = refine(smallest, 'minimum');
  if (edFrame === esFrame) return [];
  return [{ edFrame, esFrame, nextEdFrame: null, source: 'model' }];
}

function cutAtEndDiastole(
  eds: readonly number[],
  minima: readonly number[],
  smooth: Float64Array,
  traced: readonly boolean[],
  refine: (frame: number, kind: 'maximum' | 'minimum') => number,
): Beat[] {
  // First the frames with a contour, so that one frame closes a beat and opens the next.
  const placed: number[] = [];
  eds.forEach((ed, i) => {
    const from = i === 0 ? 0 : lowestBetween(smooth, eds[i - 1]!, ed);
    const to = i + 1 < eds.length ? lowestBetween(smooth, ed, eds[i + 1]!) : smooth.length - 1;
    const frame = extremeFrame(smooth, traced, { from, to }, 'maximum', ed);
    if (frame === null) return;
    const exact = refine(frame, 'maximum');
    if (exact > (placed.at(-1) ?? -1)) placed.push(exact);
  });
  const beats: Beat[] = [];
  placed.forEach((edFrame, i) => {
    const nextEdFrame = placed[i + 1] ?? null;
    // A beat that the clip cuts off counts only when its end systole is in the clip.
    if (nextEdFrame === null && !minima.some((frame) => frame > edFrame)) return;
    const span = { from: edFrame + 1, to: (nextEdFrame ?? smooth.length) - 1 };
    const smallest = extremeFrame(smooth, traced, span, 'minimum');
    if (smallest === null) return;
    const exact = refine(smallest, 'minimum');
    const esFrame = exact >= span.from && exact <= span.to ? exact : smallest;
    beats.push({ edFrame, esFrame, nextEdFrame, source: 'model' });
  });
  return beats;
}

/**
 * The part of a beat in a clip that shows no beat whole: the fall from an ED to the smallest ventricle before the
 * next rise or the clip's end. Preferred to the clip's extremes where it spans most of their range, because
 * those may belong to two beats.
 */
function deepestFall(
  turns: readonly Extremum[],
  smooth: Float64Array,
  traced: readonly boolean[],
  range: number,
): { ed: number; es: number } | null {
  let best: { ed: number; es: number } | null = null;
  let deepest = partialFallShare * range;
  turns.forEach(({ kind, frame }, i) => {
    const end = turns[i + 1];
    if (kind !== 'maximum' || end === undefined) return;
    const ed = extremeFrame(
      smooth,
      traced,
      { from: turns[i - 1]?.frame ?? 0, to: end.frame },
      'maximum',
      frame,
    );
    if (ed === null) return;
    const to = turns[i + 2]?.frame ?? smooth.length - 1;
    const es = extremeFrame(smooth, traced, { from: ed + 1, to }, 'minimum');
    if (es === null || smooth[ed]! - smooth[es]! < deepest) return;
    deepest = smooth[ed]! - smooth[es]!;
    best = { ed, es };
  });
  return best;
}

/** Turning points of one kind; one that the clip's start or end cut off only when it is as marked as the rest. */
function trueTurns(
  turns: readonly Extremum[],
  kind: 'maximum' | 'minimum',
  smooth: Float64Array,
  range: number,
): number[] {
  const frames = turns.filter((turn) => turn.kind === kind).map((turn) => turn.frame);
  const last = smooth.length - 1;
  const whole = frames.filter((frame) => frame > 0 && frame < last);
  const sign = kind === 'maximum' ? 1 : -1;
  const reference =
    whole.length > 0
      ? quantile(
          whole.map((frame) => sign * smooth[frame]!),
          0.5,
        )
      : Math.max(...frames.map((frame) => sign * smooth[frame]!));
  return frames.filter(
    (frame) => (frame > 0 && frame < last) || sign * smooth[frame]! >= reference - cutOffShare * range,
  );
}

/**
 * Each ED moved to the largest frame within reach of its R wave, where the ventricle is nearly as large there and all
 * the way to it. An ED's R wave is nearer to it than to any other ED and less than half a cycle away: R waves that are
 * missing, too many or shifted move an ED by less than a beat and never put two into one place.
 */
function atRWaves(
  eds: readonly number[],
  smooth: Float64Array,
  times: readonly number[],
  rWaves: readonly number[],
  range: number,
): number[] {
  const waves = rWaves.filter(Number.isFinite);
  const starts = eds.map((ed) => times[ed]!);
  const owner = (wave: number): number =>
    starts.reduce((best, at, i) => (Math.abs(at - wave) < Math.abs(starts[best]! - wave) ? i : best), 0);
  return eds.map((ed, i) => {
    const at = starts[i]!;
    const gaps = [starts[i - 1], starts[i + 1]].flatMap((other) =>
      other === undefined ? [] : [Math.abs(other - at)],
    );
    const reach = Math.min(...gaps, greatestCycleMs) / 2;
    const wave = waves
      .filter((one) => Math.abs(one - at) < reach && owner(one) === i)
      .reduce<number | null>(
        (best, one) => (best === null || Math.abs(one - at) < Math.abs(best - at) ? one : best),
        null,
      );
    return wave === null ? ed : nearRWave(ed, wave, smooth, times, range);
  });
}

/** The largest frame within reach of an R wave, if the ventricle is nearly as large as at the ED found from there to it. */
function nearRWave(
  ed: number,
  wave: number,
  smooth: Float64Array,
  times: readonly number[],
  range: number,
): number {
  if (Math.abs(wave - times[ed]!) <= rWaveReachMs) return ed;
  let best: number | null = null;
  times.forEach((time, i) => {
    if (Math.abs(time - wave) <= rWaveReachMs && (best === null || smooth[i]! > smooth[best]!)) best = i;
  });
  if (best === null) return ed;
  const least = smooth[ed]! - rWaveLossShare * range;
  const [from, to] = [Math.min(ed, best), Math.max(ed, best)];
  return smooth.subarray(from, to + 1).every((value) => value >= least) ? best : ed;
}

/**
 * ED without those that are a second hump of a beat: nearer than a beat can be by the cycle that the file states,
 * apart by a fall that is no ejection, and without an R wave of its own. Where R waves are missing they cannot say so.
 */
function withoutSecondHumps(
  eds: readonly number[],
  smooth: Float64Array,
  times: readonly number[],
  { rWaveTimesMs }: RhythmHints,
  cycle: number | null,
): number[] {
  if (cycle === null || eds.length < 2) return [...eds];
  const waves = rWaveTimesMs.filter(Number.isFinite);
  // An ED that the clip's end cuts off has its R wave elsewhere.
  const whole = eds.filter((ed) => ed > 0 && ed < smooth.length - 1).map((ed) => times[ed]!);
  const [start, end] = [Math.min(...whole) - cycle / 2, Math.max(...whole) + cycle / 2];
  const inside = waves.filter((wave) => wave >= start && wave <= end).length;
  if (waves.length > 0 && inside < completeShare * whole.length) return [...eds];
  const longest = Math.max(...eds.slice(1).map((ed, i) => times[ed]! - times[eds[i]!]!));
  if (longest < statedCycleShare * cycle) return [...eds];
  const falls = eds.slice(1).map((ed, i) => {
    const lowest = smooth[lowestBetween(smooth, eds[i]!, ed)]!;
    return Math.min(smooth[eds[i]!]!, smooth[ed]!) - lowest;
  });
  const usual = quantile(falls, 0.75);
  const opened = (ed: number): boolean => waves.some((wave) => Math.abs(wave - times[ed]!) <= rWaveReachMs);
  const kept: number[] = [eds[0]!];
  eds.slice(1).forEach((ed, i) => {
    const previous = kept.at(-1)!;
    const near = times[ed]! - times[previous]! < leastCycleShare * cycle;
    const ejected = falls[i]! >= shallowFallShare * usual;
    if (!near || ejected || (opened(ed) && opened(previous))) kept.push(ed);
    else if (opened(ed) === opened(previous) ? smooth[ed]! > smooth[previous]! : opened(ed)) {
      kept[kept.length - 1] = ed;
    }
  });
  return kept;
}

/** Of end-diastolic frames closer than a cycle can be, the one with the larger ventricle. */
function mergeClose(
  frames: readonly number[],
  smooth: Float64Array,
  times: readonly number[],
  leastMs: number,
): number[] {
  const merged: number[] = [];
  for (const frame of frames) {
    const previous = merged.at(-1);
    if (previous === undefined || times[frame]! - times[previous]! >= leastMs) merged.push(frame);
    else if (smooth[frame]! > smooth[previous]!) merged[merged.length - 1] = frame;
  }
  return merged;
}

/** The cycle that the file's R waves or heart rate state; of uneven gaps a short one, since R waves may be missing. */
function statedCycleMs(hints: RhythmHints): number | null {
  const waves = hints.rWaveTimesMs.filter(Number.isFinite).toSorted((a, b) => a - b);
  const gaps = waves.slice(1).flatMap((wave, i) => {
    const gap = wave - waves[i]!;
    return gap >= leastCycleMs ? [gap] : [];
  });
  const byRate = hints.heartRateBpm !== null && hints.heartRateBpm > 0 ? 60_000 / hints.heartRateBpm : null;
  const byWaves = gaps.length > 0 ? quantile(gaps, 0.25) : null;
  const cycle = byWaves !== null && byRate !== null ? Math.min(byWaves, byRate) : (byWaves ?? byRate);
  return cycle !== null && cycle >= leastCycleMs && cycle <= greatestCycleMs ? cycle : null;
}

function lowestBetween(smooth: Float64Array, from: number, to: number): number {
  let lowest = from;
  for (let frame = from; frame <= to; frame++) if (smooth[frame]! < smooth[lowest]!) lowest = frame;
  return lowest;
}

/** The traced frame with the extreme value in a span; `preferred` wins where it is traced. */
function extremeFrame(
  smooth: Float64Array,
  traced: readonly boolean[],
  span: { from: number; to: number },
  kind: 'maximum' | 'minimum',
  preferred: number | null = null,
): number | null {
  if (preferred !== null && traced[preferred]) return preferred;
  const sign = kind === 'maximum' ? 1 : -1;
  let best: number | null = null;
  for (let frame = span.from; frame <= span.to; frame++) {
    if (!traced[frame]) continue;
    if (best === null || sign * smooth[frame]! > sign * smooth[best]!) best = frame;
  }
  return best;
}

/** The frame next to a smoothed turn whose own value is the extreme one. */
function refined(
  frame: number,
  kind: 'maximum' | 'minimum',
  curve: readonly (number | null)[],
  smooth: Float64Array,
  times: readonly number[],
  range: number,
): number {
  const sign = kind === 'maximum' ? 1 : -1;
  let best = frame;
  for (let i = 0; i < curve.length; i++) {
    const value = curve[i];
    const near = Math.abs(i - frame) <= 1 || Math.abs(times[i]! - times[frame]!) <= refineMs;
    if (!near || value === null || value === undefined || !Number.isFinite(value)) continue;
    if (Math.abs(value - smooth[i]!) > refineTrustShare * range) continue;
    if (sign * value > sign * curve[best]!) best = i;
  }
  return best;
}

/** The clip's frame times; where a curve is longer than the table the last step goes on. */
function frameTimes(timing: ClipTiming, frames: number): number[] {
  const times = timing.frameTimesMs.slice(0, frames);
  const step = times.length > 1 ? times[times.length - 1]! - times[times.length - 2]! : 1000 / 30;
  while (times.length < frames) times.push((times.at(-1) ?? -step) + step);
  return times;
}
