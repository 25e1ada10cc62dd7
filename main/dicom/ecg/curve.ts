import type { Attributes } from '../attributes.ts';
import type { FoundEcg } from './found-ecg.ts';
import { mostEcgBytes } from './limits.ts';
import { type SampleKind, sampleReader, widthOf } from './samples.ts';
import { leadIn, millivoltsIn, namesEcg } from './words.ts';

/** Data Value Representation (50xx,0103), PS3.3-2004 C.10.2.1.2. */
const kinds: readonly SampleKind[] = ['US', 'SS', 'FL', 'FD', 'SL'];

/** How a dimension is described, Curve Data Descriptor (50xx,0110): by an interval, or by values. */
const byInterval = 0;

/** The repeating groups of curves, PS3.5 section 7.6: even ones from 5000 to 501E. */
const groups = Array.from({ length: 16 }, (_, index) => (0x5000 + 2 * index).toString(16));

/**
 * The first curve that is an ECG: a group 50xx of the retired Curve Module (PS3.3-2004 C.10.2) with Type of Data ECG, or
 * physiological data that is called one, whose first dimension is time and whose second are its values.
 */
export function ecgCurve(attributes: Attributes): FoundEcg | null {
  for (const group of groups) {
    const found = curveOf(attributes, `x${group}`);
    if (found !== null) return found;
  }
  return null;
}

function curveOf(attributes: Attributes, group: string): FoundEcg | null {
  const type = attributes.text(`${group}0020`, 'CS');
  const description = attributes.text(`${group}0022`, 'LO');
  const label = attributes.text(`${group}2500`, 'LO');
  const isEcg = type === 'ECG' || (type === 'PHYSIO' && (namesEcg(description) || namesEcg(label)));
  const kind = kinds[attributes.number(`${group}0103`, 'US') ?? -1];
  const stated = attributes.number(`${group}0010`, 'US') ?? 0;
  if (!isEcg || kind === undefined || stated < 2) return null;
  const bytes = attributes.largeBytes(`${group}3000`, mostEcgBytes);
  if (bytes === null) return null;
  const read = sampleReader(bytes, kind, attributes.littleEndian);
  const [timeUnit = '', valueUnit = null] = attributes.texts(`${group}0030`, 'SH');
  const millivolts = millivoltsIn(valueUnit);
  const known = {
    source: 'curve' as const,
    lead: leadIn(description) ?? leadIn(label),
    unit: millivolts === null ? null : ('mV' as const),
  };
  const scaled = (value: number | null): number | null => (value === null ? null : value * (millivolts ?? 1));

  const descriptors = attributes.numbers(`${group}0110`, 'US', 2);
  const dimensions = attributes.number(`${group}0005`, 'US') ?? descriptors.length;
  const values = Math.floor(bytes.length / widthOf(kind));
  if (descriptors[0] === byInterval) {
    const timed = byStep(
      timeUnit,
      attributes.number(`${group}0112`, 'US') ?? 0,
      attributes.number(`${group}0114`, 'US') ?? 0,
    );
    return (
      timed && { ...known, ...timed, samples: Math.min(stated, values), at: (sample) => scaled(read(sample)) }
    );
  }
  if (dimensions !== 2) return null;
  // Pairs of time and value.
  const samples = Math.min(stated, Math.floor(values / 2));
  const [first, last] = [read(0), read(2 * (samples - 1))];
  const unitMs = millisecondsIn(timeUnit);
  if (first === null || last === null || unitMs === null || samples < 2) return null;
  const stepMs = ((last - first) * unitMs) / (samples - 1);
  const isEven = (sample: number): boolean => {
    const time = read(2 * sample);
    return (
      time !== null && Math.abs((time - first) * unitMs - sample * stepMs) <= Math.max(stepMs / 2, unitMs)
    );
  };
  for (let sample = 0; sample < samples; sample += 1) if (!isEven(sample)) return null;
  return {
    ...known,
    samplesPerSecond: 1000 / stepMs,
    // Whether those times count from the first frame is not said.
    startMs: null,
    samples,
    at: (sample) => scaled(read(2 * sample + 1)),
  };
}

/** Rate by Coordinate Step Value (50xx,0114): data points per second, or the interval between them. */
function byStep(
  unit: string,
  start: number,
  step: number,
): Pick<FoundEcg, 'samplesPerSecond' | 'startMs'> | null {
  if (!(step > 0)) return null;
  const unitMs = millisecondsIn(unit);
  if (unit.trim().toUpperCase() === 'DPPS') return { samplesPerSecond: step, startMs: null };
  if (unitMs === null) return null;
  // A start of 0 is what is written where nobody thought of one.
  return { samplesPerSecond: 1000 / (step * unitMs), startMs: start === 0 ? null : start * unitMs };
}

function millisecondsIn(unit: string): number | null {
  switch (unit.trim().toUpperCase()) {
    case 'SEC':
    case 'SECS':
    case 'S':
      return 1000;
    case 'MSEC':
    case 'MS':
      return 1;
    default:
      return null;
  }
}
