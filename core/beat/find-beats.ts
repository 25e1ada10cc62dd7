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
/** Two ED closer than this share of the expected cycle are one beat seen twice. */
const leastCycleShare = 0.55;
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

  const cycle = expectedCycleMs(hints);
  const smooth = smoothCurve(filled, times, Math.min(30, (cycle ?? 800) / 25));
  const range = quantile(smooth, 0.98) - quantile(smooth, 0.02);
  const mean = smooth.reduce((sum, value) => sum + value, 0) / smooth.length;
  if (!(range > leastRangeShare * Math.abs(mean))) return [];

  const turns = findExtrema(smooth, prominenceShare * range);
  const maxima = trueTurns(turns, 'maximum', smooth, range);
  const eds = mergeClose(
    maxima.map((frame) => nearRWave(frame, smooth, times, hints.rWaveTimesMs, range)),
    smooth,
    times,
    Math.max(leastCycleMs, leastCycleShare * (cycle ?? 0)),
  );
  const minima = trueTurns(turns, 'minimum', smooth, range);
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

/** The largest frame within reach of the nearest R wave, if it is nearly as large as the one found. */
function nearRWave(
  frame: number,
  smooth: Float64Array,
  times: readonly number[],
  rWaves: readonly number[],
  range: number,
): number {
  const at = times[frame]!;
  const nearest = rWaves.reduce<number | null>(
    (best, wave) => (best === null || Math.abs(wave - at) < Math.abs(best - at) ? wave : best),
    null,
  );
  if (nearest === null || Math.abs(nearest - at) <= rWaveReachMs) return frame;
  let best: number | null = null;
  times.forEach((time, i) => {
    if (Math.abs(time - nearest) <= rWaveReachMs && (best === null || smooth[i]! > smooth[best]!)) best = i;
  });
  return best !== null && smooth[best]! >= smooth[frame]! - rWaveLossShare * range ? best : frame;
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

function expectedCycleMs(hints: RhythmHints): number | null {
  const waves = hints.rWaveTimesMs.filter(Number.isFinite).toSorted((a, b) => a - b);
  const gaps = waves.slice(1).map((wave, i) => wave - waves[i]!);
  const cycle =
    gaps.length > 0
      ? quantile(gaps, 0.5)
      : hints.heartRateBpm !== null && hints.heartRateBpm > 0
        ? 60_000 / hints.heartRateBpm
        : null;
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
