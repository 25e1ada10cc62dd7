import type { EcgAlignment, EcgFacts, EcgTrace } from '../../../core/clip/ecg.ts';
import type { ClipTiming } from '../../../core/clip/timing.ts';
import type { Attributes } from '../attributes.ts';
import { ecgCurve } from './curve.ts';
import type { FoundEcg } from './found-ecg.ts';
import { ecgWaveform } from './waveform.ts';
import { leastSamplesPerSecond, mostSamplesPerSecond, mostStartMs, mostTraceValues } from './limits.ts';

/** An ECG that differs from its loop by less than this was recorded with it from beginning to end. */
const sameLength = 0.1;

/** The ECG that an ultrasound file brings along, if it brings one that can be read: a waveform before a retired curve. */
function findEcg(attributes: Attributes): FoundEcg | null {
  for (const find of [ecgWaveform, ecgCurve]) {
    const found = find(attributes);
    if (found !== null && isPlausible(found)) return found;
  }
  return null;
}

function isPlausible({ samples, samplesPerSecond, startMs }: FoundEcg): boolean {
  return (
    samples >= 2 &&
    samplesPerSecond >= leastSamplesPerSecond &&
    samplesPerSecond <= mostSamplesPerSecond &&
    (startMs === null || Math.abs(startMs) <= mostStartMs)
  );
}

/** What a file says of its ECG; null where it has none. */
export function ecgFacts(attributes: Attributes, timing: ClipTiming): EcgFacts | null {
  const found = findEcg(attributes);
  if (found === null || isFlat(found)) return null;
  const { source, lead, unit, samples, samplesPerSecond, startMs } = found;
  return {
    ...{ source, lead, unit, samples, samplesPerSecond },
    startMs: startMs ?? 0,
    alignment: startMs === null ? alignmentBy(found, timing) : 'stated',
  };
}

function alignmentBy({ samples, samplesPerSecond }: FoundEcg, timing: ClipTiming): EcgAlignment {
  const durationMs = (1000 * samples) / samplesPerSecond;
  const isAlike = Math.abs(durationMs - timing.durationMs) <= sameLength * timing.durationMs;
  return timing.durationMs > 0 && !timing.guessed && isAlike ? 'assumed' : 'unknown';
}

/** A lead that lies beside the patient says nothing. */
function isFlat(found: FoundEcg): boolean {
  let first: number | null = null;
  for (let sample = 0; sample < found.samples; sample += 1) {
    const value = found.at(sample);
    if (value === null) continue;
    first ??= value;
    if (value !== first) return false;
  }
  return true;
}

/**
 * The ECG of a file as a window draws it: all samples, or the least and the greatest of as many neighbours at a time as it
 * takes, so that no R wave is lost. null where the file has none.
 */
export function readEcg(attributes: Attributes): EcgTrace | null {
  const found = findEcg(attributes);
  if (found === null) return null;
  const { samples, samplesPerSecond, startMs } = found;
  const stepMs = 1000 / samplesPerSecond;
  if (samples <= mostTraceValues) {
    const values = Array.from({ length: samples }, (_, sample) => found.at(sample));
    return { stepMs, startMs: startMs ?? 0, values };
  }
  const together = Math.ceil((2 * samples) / mostTraceValues);
  const values: (number | null)[] = [];
  for (let first = 0; first < samples; first += together) values.push(...extremes(found, first, together));
  return { stepMs: (stepMs * together) / 2, startMs: startMs ?? 0, values };
}

/** Least and greatest value of neighbours, in the order in which they come. */
function extremes(found: FoundEcg, first: number, count: number): [number | null, number | null] {
  let [least, greatest]: [number | null, number | null] = [null, null];
  let [leastAt, greatestAt] = [0, 0];
  for (let sample = first; sample < Math.min(first + count, found.samples); sample += 1) {
    const value = found.at(sample);
    if (value === null) continue;
    if (least === null || value < least) [least, leastAt] = [value, sample];
    if (greatest === null || value > greatest) [greatest, greatestAt] = [value, sample];
  }
  return leastAt <= greatestAt ? [least, greatest] : [greatest, least];
}
