import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calibrateClip } from '../../../core/clip/calibrate.ts';
import { pixelAspect } from '../../../core/clip/pixel-aspect.ts';
import { measureClip } from '../../../core/assessment/measure-clip.ts';
import type { Trace } from '../../../core/trace/trace.ts';
import { beatingTraces, clipFacts, clipReview, options } from './shapes.ts';

const region = clipFacts().regions[0]!;
const plain = { regions: [], pixelSpacingMm: null, pixelAspectRatio: null };
const aspect = (changes: Parameters<typeof clipFacts>[0]) => pixelAspect(clipFacts({ ...plain, ...changes }));

describe('pixel aspect', () => {
  it('is square where nothing is said, or nonsense', () => {
    expect(aspect({})).toBe(1);
    expect(aspect({ pixelAspectRatio: [1, 1000] })).toBe(1);
    expect(aspect({ pixelSpacingMm: [0, 0.4] })).toBe(1);
    expect(aspect({ regions: [{ ...region, deltaX: 0, deltaY: 0 }] })).toBe(1);
    expect(aspect({ regions: [{ ...region, unitsX: 4, deltaX: 0.01 }] })).toBe(1);
    expect(aspect({ regions: [{ ...region, unitsX: 0, unitsY: 0, deltaX: 1, deltaY: 3 }] })).toBe(1);
  });

  it('is the region’s before spacing, and spacing before the ratio', () => {
    const wide = { ...region, deltaX: -0.06, deltaY: 0.04 };
    expect(aspect({ regions: [wide], pixelSpacingMm: [0.4, 0.4], pixelAspectRatio: [1, 2] })).toBeCloseTo(
      1.5,
    );
    expect(aspect({ pixelSpacingMm: [0.4, 0.5], pixelAspectRatio: [1, 2] })).toBeCloseTo(1.25);
    expect(aspect({ pixelAspectRatio: [2, 3] })).toBeCloseTo(1.5);
    // As a scanner writes both: vertical first in the ratio.
    const hp = { ...region, deltaX: 1 / 35, deltaY: 0.8 / 35 };
    expect(aspect({ regions: [hp] })).toBeCloseTo(aspect({ pixelAspectRatio: [536, 670] }), 9);
  });

  it('is that of the picture that was chosen, and of several only where they agree', () => {
    const left = { ...region, box: { minX: 0, minY: 0, maxX: 240, maxY: 399 }, deltaX: 0.06 };
    const right = { ...region, box: { minX: 250, minY: 0, maxX: 499, maxY: 399 } };
    const facts = clipFacts({ ...plain, regions: [left, right] });
    expect(pixelAspect(facts)).toBe(1);
    expect(pixelAspect(facts, left.box)).toBeCloseTo(1.5);
    expect(pixelAspect(facts, right.box)).toBeCloseTo(1);
    const alike = clipFacts({ ...plain, regions: [left, { ...right, deltaX: 0.06 }] });
    expect(pixelAspect(alike)).toBeCloseTo(1.5);
  });
});

/** A clip whose pixels are `wide` times as wide as high, squeezed so that the heart in it is the same. */
function squeezed(wide: number) {
  const facts = clipFacts({
    ...plain,
    columns: Math.round(500 / wide),
    pixelAspectRatio: [1000, Math.round(1000 * wide)],
  });
  const traces = Object.fromEntries(
    Object.entries(beatingTraces(40, 20)).map(([frame, trace]): [string, Trace] => [
      frame,
      { ...trace, points: trace.points.map(([x, y]) => [x / wide, y]) },
    ]),
  );
  return { facts, traces };
}

describe('numbers of pixels that are not square', () => {
  const value = (result: ReturnType<typeof measureClip>, name: string) =>
    result.measurements.find((one) => one.name === name && one.beat === null)?.value ?? Number.NaN;

  it('are those of the same heart in square pixels: EF without a scale, and everything with a ruler', () => {
    const ruler = { from: [5, 20], to: [5, 270], distanceMm: 100 } as const;
    const square = squeezed(1);
    const ef = value(
      measureClip(square.facts, clipReview(square.facts, { traces: square.traces }), options),
      'EF',
    );
    const edv = value(
      measureClip(square.facts, clipReview(square.facts, { traces: square.traces, ruler }), options),
      'EDV',
    );
    expect(edv).toBeGreaterThan(100);
    fc.assert(
      fc.property(fc.double({ min: 0.4, max: 2.5, noNaN: true }), (wide) => {
        const { facts, traces } = squeezed(wide);
        const bare = measureClip(facts, clipReview(facts, { traces }), options);
        expect(value(bare, 'EF')).toBeCloseTo(ef, 0);
        expect(value(bare, 'EDV')).toBeNaN();
        const ruled = measureClip(facts, clipReview(facts, { traces, ruler }), options);
        expect(Math.abs(value(ruled, 'EDV') / edv - 1)).toBeLessThan(0.01);
        // However the ruler lies on the picture, the same length is the same scale.
        const across = { from: [10, 200], to: [10 + 250 / wide, 200], distanceMm: 100 } as const;
        expect(calibrateClip(facts, across).calibration!.mmPerPixelY).toBeCloseTo(0.4, 2);
      }),
      { numRuns: 30 },
    );
  });
});
