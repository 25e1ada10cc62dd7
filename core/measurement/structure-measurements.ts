import type { ClipFacts } from '../clip/clip.ts';
import type { View } from '../clip/view.ts';
import { contourStrain } from '../myocardium/contour-strain.ts';
import { wallThirds } from '../myocardium/wall-thickness.ts';
import { emptyingFraction } from '../volume/emptying.ts';
import type { BeatAtrium, BeatStructures, LineLengths } from './beat-structures.ts';
import { mean } from './mean.ts';
import type { FrameReference, Measurement } from './measurement.ts';

/**
 * Strain, wall and atrium of each beat and their means over those included (`beat` null). Ratios come from the mean lengths
 * and volumes, as EF does; without calibration volumes are left out and lengths and areas are in pixels.
 */
export function structureMeasurements(
  facts: ClipFacts,
  view: View,
  beats: readonly BeatStructures[],
  included: readonly BeatStructures[],
  calibrated: boolean,
): Measurement[] {
  const of = (some: readonly BeatStructures[], beat: number | null): Measurement[] => {
    const shared = { facts, view, beat, calibrated };
    return [...strains(some, shared), ...thicknesses(some, shared), ...atria(some, shared)];
  };
  return [
    ...beats.flatMap((beat) => of([beat], beat.index)),
    ...(included.length > 0 ? of(included, null) : []),
  ];
}

interface Shared {
  readonly facts: ClipFacts;
  readonly view: View;
  readonly beat: number | null;
  readonly calibrated: boolean;
}

function strains(beats: readonly BeatStructures[], shared: Shared): Measurement[] {
  const lines = [
    ['Contour strain', ({ endocardium }: BeatStructures) => endocardium],
    ['Contour strain mid-wall', ({ midWall }: BeatStructures) => midWall],
  ] as const;
  return lines.flatMap(([name, lengthsOf]) => {
    const measured = having(beats, lengthsOf);
    const strain = meanStrain(measured.map(([, lengths]) => lengths));
    if (strain === null) return [];
    const sources = measured.flatMap(([{ beat }]) => frames(shared, [beat.edFrame, beat.esFrame]));
    return [numberOf(name, 'contour', strain, '%', sources, shared)];
  });
}

/** Of the mean lengths of some beats; null where there is none. */
function meanStrain(lengths: readonly LineLengths[]): number | null {
  return lengths.length === 0
    ? null
    : contourStrain(
        mean(lengths, ({ ed }) => ed),
        mean(lengths, ({ es }) => es),
      );
}

function thicknesses(beats: readonly BeatStructures[], shared: Shared): Measurement[] {
  return wallThirds.flatMap((third) => {
    const measured = having(beats, ({ thickness }) => thickness?.[third] ?? null);
    if (measured.length === 0) return [];
    const sources = measured.flatMap(([{ beat }]) => frames(shared, [beat.edFrame]));
    const value = mean(measured, ([, thickness]) => thickness);
    const unit = shared.calibrated ? 'mm' : 'px';
    return [numberOf(`LV wall ${third} ED`, 'contour', value, unit, sources, shared)];
  });
}

function atria(beats: readonly BeatStructures[], shared: Shared): Measurement[] {
  const measured = having(beats, ({ atrium }) => atrium).map(([, atrium]) => atrium);
  if (measured.length === 0) return [];
  const { calibrated } = shared;
  const largest = measured.flatMap((atrium) => frames(shared, [atrium.largest.frame]));
  const add = (
    name: Measurement['name'],
    method: Measurement['method'],
    value: number,
    unit: Measurement['unit'],
  ) => numberOf(name, method, value, unit, largest, shared);
  const millilitres = (volumeOf: (atrium: BeatAtrium) => number) => mean(measured, volumeOf) / 1000;
  const [length, area] = calibrated ? (['mm', 'mm²'] as const) : (['px', 'px²'] as const);
  return [
    ...(calibrated
      ? [
          add(
            'LAV max',
            'single-plane-disks',
            millilitres(({ largest }) => largest.measures.volume),
            'mL',
          ),
          add(
            'LAV max',
            'area-length',
            millilitres(({ largest }) => largest.measures.areaLengthVolume),
            'mL',
          ),
        ]
      : []),
    ...emptying(measured, shared),
    add(
      'LA length max',
      'contour',
      mean(measured, ({ largest }) => largest.measures.plane.length),
      length,
    ),
    add(
      'LA area max',
      'contour',
      mean(measured, ({ largest }) => largest.measures.area),
      area,
    ),
  ];
}

/** Smallest volume and emptying fraction, of the beats that have both extremes. */
function emptying(measured: readonly BeatAtrium[], shared: Shared): Measurement[] {
  const both = having(measured, ({ smallest }) => smallest);
  if (both.length === 0) return [];
  const largest = mean(both, ([atrium]) => atrium.largest.measures.volume);
  const smallest = mean(both, ([, { measures }]) => measures.volume);
  const fraction = emptyingFraction(largest, smallest);
  const atSmallest = both.flatMap(([, { frame }]) => frames(shared, [frame]));
  const all = [...both.flatMap(([atrium]) => frames(shared, [atrium.largest.frame])), ...atSmallest];
  const method = 'single-plane-disks';
  return [
    ...(shared.calibrated ? [numberOf('LAV min', method, smallest / 1000, 'mL', atSmallest, shared)] : []),
    ...(fraction === null ? [] : [numberOf('LAEF', method, fraction, '%', all, shared)]),
  ];
}

function numberOf(
  name: Measurement['name'],
  method: Measurement['method'],
  value: number,
  unit: Measurement['unit'],
  sources: readonly FrameReference[],
  { view, beat }: Shared,
): Measurement {
  return { name, method, view: view.code, value, unit, beat, sources };
}

/** The items that have something, with it. */
function having<Item, Value>(
  items: readonly Item[],
  valueOf: (item: Item) => Value | null,
): (readonly [Item, Value])[] {
  return items.flatMap((item) => {
    const value = valueOf(item);
    return value === null ? [] : [[item, value] as const];
  });
}

const frames = ({ facts: { sopInstanceUid } }: Shared, of: readonly number[]): FrameReference[] =>
  of.map((frame) => ({ sopInstanceUid, frame }));
