import type { ViewCode } from '../clip/view.ts';
import { biplaneAreaLengthVolume, type AreaAndLength } from '../volume/area-length.ts';
import { biplaneVolume } from '../volume/disks.ts';
import { emptyingFraction } from '../volume/emptying.ts';
import type { TraceMeasures } from '../trace/trace-measures.ts';
import type { BeatAtrium } from './beat-structures.ts';
import { matchBeats } from './biplane.ts';
import { rankedClips, usedFirst, type MeasuredClip } from './choose-clip.ts';
import { mean } from './mean.ts';
import type { FrameReference, Measurement } from './measurement.ts';
import { compatiblePair, type ClipPair, type PairObstacle } from './pairing.ts';

/** The atrium of one beat of the A4C clip beside that of one of the A2C clip. */
export interface AtriumPair {
  readonly a4c: BeatAtrium;
  readonly a2c: BeatAtrium;
}

/** What is measured of a study's atrium, and on which clips. */
export interface StudyAtrium {
  readonly measurements: readonly Measurement[];
  /** null where it is of one plane. */
  readonly pair: ClipPair | null;
  readonly pairs: readonly AtriumPair[];
}

const inOnePlane = ['LAV max', 'LAV min', 'LAEF'];

/**
 * Volumes of the left atrium over two planes, else over one: by the method of disks and by area–length, at the largest, and
 * by disks at the smallest (ASE/EACVI 2015). Of the clips that the study's numbers rest on where they have an
 * atrium, else of the best that have.
 *
 * @param candidates clips of the study's stage, and those that its numbers rest on
 * @param used clips that the study's numbers rest on
 * @param obstacle what stands against combining two clips
 */
export function studyAtrium(
  candidates: readonly MeasuredClip[],
  used: readonly MeasuredClip[],
  biplane: ClipPair | null,
  obstacle: (pair: ClipPair) => PairObstacle | null,
): StudyAtrium {
  const of = (view: ViewCode): MeasuredClip[] =>
    usedFirst(
      rankedClips(candidates, view).filter(({ numbers }) =>
        numbers.includedStructures.some(({ atrium }) => atrium !== null),
      ),
      used,
    );
  const calibrated = (clips: readonly MeasuredClip[]) =>
    clips.filter(({ numbers }) => numbers.calibration !== null);
  const [a4c, a2c] = [calibrated(of('a4c')), calibrated(of('a2c'))];
  const own = biplane !== null && a4c.includes(biplane.a4c) && a2c.includes(biplane.a2c) ? biplane : null;
  const pair = own ?? compatiblePair(a4c, a2c, obstacle);
  if (pair !== null) return { ...biplaneAtrium(pair), pair };
  const single = [...a4c, ...a2c, ...of('a4c'), ...of('a2c'), ...of('a3c'), ...onlyOne(of('unknown'))];
  const measurements = single[0]?.numbers.measurements ?? [];
  return {
    measurements: measurements.filter(({ name, beat }) => beat === null && inOnePlane.includes(name)),
    pair: null,
    pairs: [],
  };
}

/** Of several clips whose views nobody knows none may stand for the study. */
const onlyOne = (clips: readonly MeasuredClip[]) => (clips.length === 1 ? clips : []);

function biplaneAtrium({ a4c, a2c }: ClipPair): Omit<StudyAtrium, 'pair'> {
  const beats = (clip: MeasuredClip) =>
    clip.numbers.includedStructures.flatMap(({ beat, atrium }) =>
      atrium === null ? [] : [{ beat, atrium }],
    );
  const pairs = matchBeats(beats(a4c), beats(a2c)).map((pair) => ({
    a4c: pair.a4c.atrium,
    a2c: pair.a2c.atrium,
  }));
  const frames = (extreme: (atrium: BeatAtrium) => { readonly frame: number }, of: readonly AtriumPair[]) =>
    of.flatMap((pair): FrameReference[] => [
      { sopInstanceUid: a4c.facts.sopInstanceUid, frame: extreme(pair.a4c).frame },
      { sopInstanceUid: a2c.facts.sopInstanceUid, frame: extreme(pair.a2c).frame },
    ]);
  const shared = { view: 'biplane', beat: null } as const;
  const largest = frames((atrium) => atrium.largest, pairs);
  const measurements: Measurement[] = [
    {
      ...{ ...shared, name: 'LAV max', method: 'biplane-disks', unit: 'mL', sources: largest },
      value: mean(pairs, (pair) => disks(pair.a4c.largest.measures, pair.a2c.largest.measures)),
    },
    {
      ...{ ...shared, name: 'LAV max', method: 'biplane-area-length', unit: 'mL', sources: largest },
      value: mean(pairs, (pair) => byAreaAndLength(pair.a4c.largest.measures, pair.a2c.largest.measures)),
    },
  ];
  const both = pairs.filter(
    (pair): pair is { a4c: Both; a2c: Both } => hasBoth(pair.a4c) && hasBoth(pair.a2c),
  );
  if (both.length > 0) {
    const least = mean(both, (pair) => disks(pair.a4c.smallest.measures, pair.a2c.smallest.measures));
    const most = mean(both, (pair) => disks(pair.a4c.largest.measures, pair.a2c.largest.measures));
    const smallest = frames((atrium) => (atrium as Both).smallest, both);
    const fraction = emptyingFraction(most, least);
    const method = 'biplane-disks';
    measurements.push({ ...shared, name: 'LAV min', method, value: least, unit: 'mL', sources: smallest });
    if (fraction !== null) {
      const sources = [...frames((atrium) => atrium.largest, both), ...smallest];
      measurements.push({ ...shared, name: 'LAEF', method, value: fraction, unit: '%', sources });
    }
  }
  return { measurements, pairs };
}

type Both = BeatAtrium & { readonly smallest: NonNullable<BeatAtrium['smallest']> };
const hasBoth = (atrium: BeatAtrium): atrium is Both => atrium.smallest !== null;

/** With the longer axis, as for the ventricle: the shorter one is of the plane that cuts the atrium short. */
const disks = (a: TraceMeasures, b: TraceMeasures): number => biplaneVolume(a.plane, b.plane) / 1000;

const byAreaAndLength = (a: TraceMeasures, b: TraceMeasures): number =>
  biplaneAreaLengthVolume(areaAndLength(a), areaAndLength(b)) / 1000;
const areaAndLength = ({ area, plane: { length } }: TraceMeasures): AreaAndLength => ({ area, length });

/** Largest difference of the atrium's long axes between the planes over the matched beats, mm. */
export function atrialAxisDifferenceMm(pairs: readonly AtriumPair[]): number {
  return Math.max(
    0,
    ...pairs.map(({ a4c, a2c }) =>
      Math.abs(a4c.largest.measures.plane.length - a2c.largest.measures.plane.length),
    ),
  );
}

/** Volumes at the largest by body surface area, mL/m². */
export function indexedAtrium(measurements: readonly Measurement[], bodySurfaceM2: number): Measurement[] {
  return measurements
    .filter(({ name }) => name === 'LAV max')
    .map((plain) => ({ ...plain, name: 'LAVI max', value: plain.value / bodySurfaceM2, unit: 'mL/m²' }));
}
