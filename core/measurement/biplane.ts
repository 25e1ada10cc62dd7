import type { ClipFacts } from '../clip/clip.ts';
import { biplaneVolume } from '../volume/disks.ts';
import { ejectionFraction } from '../volume/ejection.ts';
import type { MeasuredBeat } from './beat-measurements.ts';
import type { FrameReference, Measurement } from './measurement.ts';

/** A clip that can take part in biplane: its facts and the beats measured in mm. */
export interface PlaneClip {
  readonly facts: ClipFacts;
  readonly beats: readonly MeasuredBeat[];
}

/** One beat of the A4C clip beside one of the A2C clip. */
export interface BeatPair<One = MeasuredBeat> {
  readonly a4c: One;
  readonly a2c: One;
}

/**
 * Beats of two clips matched in order, whole beats before such as the clip's end cuts off. The clips were
 * recorded one after the other, so that no beat truly belongs to another; what is left over is not used.
 */
export function matchBeats<One extends Pick<MeasuredBeat, 'beat'>>(
  a4c: readonly One[],
  a2c: readonly One[],
): BeatPair<One>[] {
  const left = wholeFirst(a4c);
  const right = wholeFirst(a2c);
  return left.slice(0, right.length).map((beat, i) => ({ a4c: beat, a2c: right[i]! }));
}

function wholeFirst<One extends Pick<MeasuredBeat, 'beat'>>(beats: readonly One[]): One[] {
  const inTime = beats.toSorted((a, b) => a.beat.edFrame - b.beat.edFrame);
  const whole = inTime.filter(({ beat }) => beat.nextEdFrame !== null);
  return [...whole, ...inTime.filter(({ beat }) => beat.nextEdFrame === null)];
}

/**
 * Biplane method of disks: EDV, ESV and SV are means over the matched beats, each phase with the longer of its
 * two axes; EF comes from the mean volumes (ASE/EACVI 2015).
 */
export function biplaneMeasurements(
  a4c: PlaneClip,
  a2c: PlaneClip,
  pairs: readonly BeatPair[],
): Measurement[] {
  if (pairs.length === 0) return [];
  const edv = meanVolume(pairs, 'ed');
  const esv = meanVolume(pairs, 'es');
  const ed = sources(a4c, a2c, pairs, 'edFrame');
  const es = sources(a4c, a2c, pairs, 'esFrame');
  const both = [...ed, ...es];
  const shared = { method: 'biplane-disks', view: 'biplane', beat: null } as const;
  return [
    { ...shared, name: 'EDV', value: edv, unit: 'mL', sources: ed },
    { ...shared, name: 'ESV', value: esv, unit: 'mL', sources: es },
    { ...shared, name: 'SV', value: edv - esv, unit: 'mL', sources: both },
    { ...shared, name: 'EF', value: ejectionFraction(edv, esv), unit: '%', sources: both },
  ];
}

/** Largest difference of the long axes at one phase over the matched beats, in % of the longer one. */
export function axisDifferencePercent(pairs: readonly BeatPair[], phase: 'ed' | 'es'): number {
  return Math.max(
    0,
    ...pairs.map(({ a4c, a2c }) => {
      const left = a4c[phase].plane.length;
      const right = a2c[phase].plane.length;
      return (100 * Math.abs(left - right)) / Math.max(left, right);
    }),
  );
}

function meanVolume(pairs: readonly BeatPair[], phase: 'ed' | 'es'): number {
  const sum = pairs.reduce(
    (total, { a4c, a2c }) => total + biplaneVolume(a4c[phase].plane, a2c[phase].plane),
    0,
  );
  return sum / pairs.length / 1000;
}

function sources(
  a4c: PlaneClip,
  a2c: PlaneClip,
  pairs: readonly BeatPair[],
  phase: 'edFrame' | 'esFrame',
): FrameReference[] {
  return pairs.flatMap((pair) => [
    { sopInstanceUid: a4c.facts.sopInstanceUid, frame: pair.a4c.beat[phase] },
    { sopInstanceUid: a2c.facts.sopInstanceUid, frame: pair.a2c.beat[phase] },
  ]);
}
