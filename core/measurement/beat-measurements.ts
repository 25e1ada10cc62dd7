import type { Beat } from '../beat/beat.ts';
import type { ClipFacts } from '../clip/clip.ts';
import type { View } from '../clip/view.ts';
import { ejectionFraction } from '../volume/ejection.ts';
import { sphericityIndex } from '../volume/sphericity.ts';
import type { ClipCurve, TracedFrame } from './clip-curve.ts';
import { mean } from './mean.ts';
import type { FrameReference, Measurement, MeasurementMethod } from './measurement.ts';
import type { TraceMeasures } from '../trace/trace-measures.ts';

/** A beat whose ED and ES frames both have a contour that can be measured. */
export interface MeasuredBeat {
  /** Index into the clip's beats. */
  readonly index: number;
  readonly beat: Beat;
  readonly ed: TraceMeasures;
  readonly es: TraceMeasures;
}

/** The beats that can be measured, in the order of the clip. */
export function measuredBeats(beats: readonly Beat[], curve: ClipCurve): MeasuredBeat[] {
  return beats.flatMap((beat, index) => {
    const ed = measuresOf(curve.frames[beat.edFrame]);
    const es = measuresOf(curve.frames[beat.esFrame]);
    return ed !== null && es !== null ? [{ index, beat, ed, es }] : [];
  });
}

function measuresOf(traced: TracedFrame | null | undefined): TraceMeasures | null {
  return traced?.measures ?? null;
}

/**
 * Numbers of each measured beat and the means over those included (`beat` null). The mean EF is computed from the mean
 * volumes, so that the three numbers on a screen agree with each other. Without calibration, volumes are left
 * out and lengths and areas are in pixels; EF and FAC are ratios and stay.
 */
export function beatMeasurements(
  facts: ClipFacts,
  view: View,
  beats: readonly MeasuredBeat[],
  included: readonly MeasuredBeat[],
  calibrated: boolean,
): Measurement[] {
  const measurements = beats.flatMap((measured) =>
    phaseMeasurements(facts, view, [measured], measured.index, calibrated),
  );
  if (included.length > 0) measurements.push(...phaseMeasurements(facts, view, included, null, calibrated));
  return [...measurements, ...heartRates(facts, beats, included)];
}

function phaseMeasurements(
  facts: ClipFacts,
  view: View,
  beats: readonly MeasuredBeat[],
  beat: number | null,
  calibrated: boolean,
): Measurement[] {
  const ed = frameReferences(facts, beats, 'edFrame');
  const es = frameReferences(facts, beats, 'esFrame');
  const both = [...ed, ...es];
  const result: Measurement[] = [];
  const add = (
    name: Measurement['name'],
    method: MeasurementMethod,
    value: number,
    unit: Measurement['unit'],
    sources: readonly FrameReference[],
  ): void => {
    result.push({ name, method, view: view.code, value, unit, beat, sources });
  };
  for (const [method, volumeOf] of volumeMethods) {
    const edv = mean(beats, (measured) => volumeOf(measured.ed));
    const esv = mean(beats, (measured) => volumeOf(measured.es));
    if (calibrated) {
      add('EDV', method, edv / 1000, 'mL', ed);
      add('ESV', method, esv / 1000, 'mL', es);
      add('SV', method, (edv - esv) / 1000, 'mL', both);
    }
    add('EF', method, ejectionFraction(edv, esv), '%', both);
  }
  const edArea = mean(beats, (measured) => measured.ed.area);
  const esArea = mean(beats, (measured) => measured.es.area);
  const [length, area] = calibrated ? (['mm', 'mm²'] as const) : (['px', 'px²'] as const);
  add(
    'LV length ED',
    'contour',
    mean(beats, (measured) => measured.ed.plane.length),
    length,
    ed,
  );
  add(
    'LV length ES',
    'contour',
    mean(beats, (measured) => measured.es.plane.length),
    length,
    es,
  );
  add('LV area ED', 'contour', edArea, area, ed);
  add('LV area ES', 'contour', esArea, area, es);
  add('FAC', 'contour', ejectionFraction(edArea, esArea), '%', both);
  const sphericity = sphericityIndex(
    mean(beats, ({ ed }) => ed.volume),
    mean(beats, ({ ed }) => ed.plane.length),
  );
  if (sphericity !== null) add('LV sphericity ED', 'single-plane-disks', sphericity, '1', ed);
  return result;
}

const volumeMethods: readonly (readonly [MeasurementMethod, (measures: TraceMeasures) => number])[] = [
  ['single-plane-disks', (measures) => measures.volume],
  ['area-length', (measures) => measures.areaLengthVolume],
];

/**
 * Heart rate from ED to ED, of each whole beat and over those included, so that output is of the same beats as the stroke
 * volume; never from times that are not to be trusted.
 */
function heartRates(
  facts: ClipFacts,
  beats: readonly MeasuredBeat[],
  included: readonly MeasuredBeat[],
): Measurement[] {
  if (facts.timing.guessed || cycleAgainstStatedRate(facts, beats) !== null) return [];
  const rates: Measurement[] = [];
  const sources: FrameReference[] = [];
  let total = 0;
  let count = 0;
  for (const measured of beats) {
    const { index, beat } = measured;
    const length = cycleMs(facts, beat);
    // On the last frame of a clip the ventricle may still be growing: its ED is good for volumes, not for time.
    if (length === null || beat.nextEdFrame === facts.frames - 1) continue;
    const own = [beat.edFrame, beat.nextEdFrame!].map((frame) => ({
      sopInstanceUid: facts.sopInstanceUid,
      frame,
    }));
    rates.push(heartRate(60_000 / length, index, own));
    if (!included.includes(measured)) continue;
    sources.push(...own);
    total += length;
    count++;
  }
  if (count > 0) rates.push(heartRate((60_000 * count) / total, null, sources));
  return rates;
}

/** A cycle by frame times that is so many times longer or shorter than the stated heart rate's disagrees with it. */
const cycleTolerance = 1.35;

/**
 * A cycle's length by frame times in ms that cannot be squared with the heart rate the file states, null where
 * there is none. Some scanners write the times at which frames are to be shown, not those at which they were taken.
 */
export function cycleAgainstStatedRate(
  facts: ClipFacts,
  beats: readonly { readonly beat: Beat }[],
): number | null {
  if (facts.timing.guessed || facts.heartRateBpm === null || !(facts.heartRateBpm > 0)) return null;
  for (const { beat } of beats) {
    const length = cycleMs(facts, beat);
    if (length === null) continue;
    if (disagrees(facts.heartRateBpm, length, beat.nextEdFrame === facts.frames - 1)) return length;
  }
  return null;
}

/** @param cutOff the beat ends with the clip: it may be longer than it seems, never shorter */
function disagrees(statedBpm: number, lengthMs: number, cutOff: boolean): boolean {
  const stated = 60_000 / statedBpm;
  return lengthMs > stated * cycleTolerance || (!cutOff && lengthMs * cycleTolerance < stated);
}

/**
 * Whether frame times say how long beats last: not where they are guessed, nor where no beat at all agrees with the heart
 * rate that the file states. One that disagrees among others is a long or a short beat.
 */
export function timesBeats(facts: ClipFacts, beats: readonly Beat[]): boolean {
  const { timing, heartRateBpm, frames } = facts;
  if (timing.guessed) return false;
  if (heartRateBpm === null || !(heartRateBpm > 0)) return true;
  const known = beats.filter((beat) => cycleMs(facts, beat) !== null);
  return (
    known.length === 0 ||
    known.some((beat) => !disagrees(heartRateBpm, cycleMs(facts, beat)!, beat.nextEdFrame === frames - 1))
  );
}

function cycleMs({ timing }: ClipFacts, { edFrame, nextEdFrame }: Beat): number | null {
  const from = timing.frameTimesMs[edFrame];
  const to = nextEdFrame === null ? undefined : timing.frameTimesMs[nextEdFrame];
  return from !== undefined && to !== undefined && isCycle(to - from) ? to - from : null;
}

function heartRate(value: number, beat: number | null, sources: readonly FrameReference[]): Measurement {
  return { name: 'HR', method: 'frame-times', view: null, value, unit: 'bpm', beat, sources };
}

/** 15 to 350 beats a minute; anything else is not one heart cycle. */
function isCycle(ms: number): boolean {
  return ms >= 60_000 / 350 && ms <= 60_000 / 15;
}

function frameReferences(
  facts: ClipFacts,
  beats: readonly MeasuredBeat[],
  phase: 'edFrame' | 'esFrame',
): FrameReference[] {
  return beats.map(({ beat }) => ({ sopInstanceUid: facts.sopInstanceUid, frame: beat[phase] }));
}
