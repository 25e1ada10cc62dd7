import { describe, expect, it } from 'vitest';
import { distanceNames } from '../../../core/mark/distance-name.ts';
import { quantities, type Quantity, quantityOf } from '../../../core/quantity/quantities.ts';
import { referenceTables } from '../../../core/reference-limits/limits.ts';
import { structureOf } from '../../../core/structure/structure.ts';
import { sphericityIndex } from '../../../core/volume/sphericity.ts';
import { shownQuantity } from '../../../core/wording/quantity.ts';
import {
  atriaBelow,
  beatingTraces,
  clipFacts,
  clipReview,
  studyFacts,
  studyReview,
  wallsAround,
  runWithRoomBelow,
  withRoomBelow,
} from './shapes.ts';
import type { ClipFacts } from '../../../core/clip/clip.ts';
import type { ClipReview } from '../../../core/review/review.ts';
import { measureStudy } from '../../../core/assessment/measure-study.ts';
import { defaultSettings } from '../../../core/settings/settings.ts';

const study = studyFacts({ heightCm: 170, weightKg: 70 });
const a4c = clipFacts({ ...withRoomBelow, frames: 60 });
const a2c = clipFacts({
  ...withRoomBelow,
  frames: 60,
  sopInstanceUid: '1.2.3.2',
  view: { code: 'a2c', source: 'file' },
});
const bare = clipFacts({
  ...withRoomBelow,
  frames: 60,
  sopInstanceUid: '1.2.3.3',
  regions: [],
  pixelSpacingMm: null,
});
const clips = [a4c, a2c, bare];
const cavities = beatingTraces(60, 25);
function drawn(clip: ClipFacts): ClipReview {
  const review = clipReview(clip, { traces: cavities, run: runWithRoomBelow });
  // Any line is one of each kind: what stands between its ends is for the reader to say.
  const line = { kind: 'caliper', frame: 3, from: [200, 200], to: [230, 240] } as const;
  const marks = Object.fromEntries(
    distanceNames.map((name, index) => [String(index).padStart(12, '0'), { ...line, name }]),
  );
  const others = { 'lv-wall': wallsAround(cavities), 'left-atrium': atriaBelow(cavities) };
  return { ...review, marks, traces: { ...review.traces, ...others } };
}
const measured = measureStudy(
  study,
  clips,
  studyReview(
    study,
    clips.map((clip) => [clip, drawn(clip)] as const),
  ),
  defaultSettings,
);
const all = [
  ...measured.measurements,
  ...Object.values(measured.clips).flatMap(({ measurements }) => measurements),
];

describe('the table of quantities', () => {
  it('has every number that a study has, in its unit', () => {
    const found = new Set(all.map(({ name }) => name));
    expect([...found].sort()).toEqual(quantities.map(({ name }) => name).sort());
    for (const { name, unit } of all) {
      const own = quantityOf(name)!.unit;
      const uncalibrated: Partial<Record<string, string>> = { mm: 'px', 'mm²': 'px²' };
      expect([own, uncalibrated[own]], name).toContain(unit);
    }
  });

  it('names each once, and structures that there are', () => {
    expect(new Set(quantities.map(({ name }) => name)).size).toBe(quantities.length);
    for (const { structure, group, site } of quantities.map((quantity): Quantity => quantity)) {
      expect(structure === null).toBe(group === 'patient' || group === 'distance');
      expect(site !== undefined).toBe(group === 'distance');
      if (structure !== null) expect(structureOf(structure)).not.toBeNull();
    }
  });

  it('says of a quantity that it is graded where there are limits for it, and only there', () => {
    const graded = quantities.filter((quantity) => quantity.graded).map(({ name }) => name);
    expect(graded.sort()).toEqual(referenceTables.map(({ name }) => name).sort());
    for (const { name, unit } of referenceTables) expect(quantityOf(name)?.unit).toBe(unit);
  });

  it('shows values in the units of the clinic', () => {
    expect(shownQuantity({ name: 'LV area ED', value: 3456, unit: 'mm²' })).toEqual({
      value: 34.56,
      unit: 'cm²',
      decimals: 1,
    });
    expect(shownQuantity({ name: 'LV sphericity ED', value: 0.321, unit: '1' })).toEqual({
      value: 0.321,
      unit: '',
      decimals: 2,
    });
    expect(shownQuantity({ name: 'LV length ED', value: 80, unit: 'px' })).toBeNull();
    expect(shownQuantity({ name: 'EF', value: NaN, unit: '%' })).toBeNull();
  });
});

describe('the sphericity index', () => {
  it('is 1 of a sphere, and the square of width over length of an ellipsoid', () => {
    expect(sphericityIndex((Math.PI / 6) * 50 ** 3, 50)).toBeCloseTo(1, 12);
    expect(sphericityIndex((Math.PI / 6) * 40 * 40 * 80, 80)).toBeCloseTo(0.25, 12);
    expect(sphericityIndex(100, 0)).toBeNull();
    expect(sphericityIndex(Infinity, 1)).toBeNull();
  });

  it('does not depend on calibration', () => {
    const of = (uid: string) =>
      measured.clips[uid]!.measurements.find(
        ({ name, beat }) => name === 'LV sphericity ED' && beat === null,
      )!;
    expect(of(bare.sopInstanceUid).value).toBeCloseTo(of(a4c.sopInstanceUid).value, 9);
    // Half an ellipsoid, 125 px wide and 212.5 px long.
    expect(of(a4c.sopInstanceUid).value).toBeCloseTo((2 * 125 ** 2) / (2 * 212.5 ** 2), 1);
  });
});
