import { describe, expect, it } from 'vitest';
import { calibrateClip } from '../../../core/clip/calibrate.ts';
import type { UltrasoundRegion } from '../../../core/clip/calibration.ts';
import type { Box } from '../../../core/geometry/point.ts';
import { clipPictures } from '../../../core/clip/pictures.ts';
import { clipFacts } from './shapes.ts';

const region = clipFacts().regions[0]!;
const none = { calibration: null };
const calibrate = (
  regions: UltrasoundRegion[],
  changes: Parameters<typeof clipFacts>[0] = {},
  chosen: Box | null = null,
) => calibrateClip(clipFacts({ regions, ...changes }), null, chosen);

describe('calibration of a contour by ultrasound regions', () => {
  it('takes centimetres to millimetres, x and y apart, whatever the sign of the delta', () => {
    const { calibration } = calibrate([{ ...region, deltaX: -0.02857, deltaY: 0.02286 }]);
    expect(calibration!.source).toBe('region');
    expect(calibration!.mmPerPixelX).toBeCloseTo(0.2857, 12);
    expect(calibration!.mmPerPixelY).toBeCloseTo(0.2286, 12);
  });

  it.each([
    ['without units', { unitsX: null, unitsY: null }],
    ['in seconds', { unitsX: 4, unitsY: 3 }],
    ['of M-mode', { spatialFormat: 2 }],
    ['without a scale', { deltaX: null }],
    ['with a scale of zero', { deltaY: 0 }],
    ['with a scale that is no number', { deltaY: NaN }],
  ])('passes over a region %s', (_, changes) => {
    expect(calibrate([{ ...region, ...changes }])).toEqual({ ...none, refusal: 'no-calibration' });
    expect(calibrate([{ ...region, ...changes }, region]).calibration?.mmPerPixelX).toBeCloseTo(0.4, 12);
  });

  it('takes the scale of the picture that was chosen of several, and none before', () => {
    const left = { ...region, box: { minX: 0, minY: 0, maxX: 240, maxY: 399 }, deltaX: 0.02, deltaY: 0.02 };
    const right = { ...region, box: { minX: 250, minY: 0, maxX: 499, maxY: 399 } };
    const pictures = clipPictures(clipFacts({ regions: [right, left] }));
    expect(pictures.map(({ box }) => box)).toEqual([left.box, right.box]);
    const scale = (chosen: Box | null) => calibrate([left, right], {}, chosen);
    expect(scale(left.box).calibration!.mmPerPixelX).toBeCloseTo(0.2, 12);
    expect(scale(right.box).calibration!.mmPerPixelX).toBeCloseTo(0.4, 12);
    expect(scale(null)).toEqual({ ...none, refusal: 'picture-not-chosen' });
    expect(scale({ ...left.box, maxX: 200 })).toEqual({ ...none, refusal: 'picture-not-chosen' });
    // Not even where both are of one scale: which of them is drawn in is not known.
    expect(calibrate([{ ...left, deltaX: 0.04, deltaY: 0.04 }, right]).refusal).toBe('picture-not-chosen');
  });

  it('prefers tissue to a colour box inside it', () => {
    const colour = { ...region, dataType: 2, deltaX: 0.05, deltaY: 0.05 };
    expect(calibrate([colour, region]).calibration!.mmPerPixelX).toBeCloseTo(0.4, 12);
  });

  it.each([
    ['is larger than the image', { box: { minX: 0, minY: 0, maxX: 999, maxY: 799 } }],
    ['begins outside of the image', { box: { minX: -40, minY: 0, maxX: 499, maxY: 399 } }],
    ['claims 46 cm of depth', { deltaX: 0.115, deltaY: 0.115 }],
    ['claims 2 cm of depth', { deltaX: 0.005, deltaY: 0.005 }],
  ])('refuses a region that %s, even where Pixel Spacing is given', (_, changes) => {
    const refusal = { ...none, refusal: 'calibration-does-not-fit' };
    expect(calibrate([{ ...region, ...changes }])).toEqual(refusal);
    expect(calibrate([{ ...region, ...changes }], { pixelSpacingMm: [0.4, 0.4] })).toEqual(refusal);
  });

  it('allows a box that ends one pixel too far', () => {
    const box = { minX: 0, minY: 0, maxX: 500, maxY: 400 };
    expect(calibrate([{ ...region, box }]).refusal).toBeNull();
  });

  it('reads a box whose corners are exchanged', () => {
    const box = { minX: 499, minY: 399, maxX: 0, maxY: 0 };
    expect(calibrate([{ ...region, box }]).calibration!.mmPerPixelX).toBeCloseTo(0.4, 12);
  });
});

describe('calibration by Pixel Spacing', () => {
  it('is row spacing (y) first, and only where there is no region', () => {
    const { calibration } = calibrate([], { pixelSpacingMm: [0.5, 0.3] });
    expect(calibration).toEqual({ source: 'pixel-spacing', mmPerPixelX: 0.3, mmPerPixelY: 0.5 });
  });

  it('is refused when it makes an impossible picture, and missing when it is missing', () => {
    expect(calibrate([], { pixelSpacingMm: [5, 5] }).refusal).toBe('calibration-does-not-fit');
    expect(calibrate([], { pixelSpacingMm: [0, 0.4] }).refusal).toBe('calibration-does-not-fit');
    expect(calibrate([], { pixelSpacingMm: [NaN, 0.4] }).refusal).toBe('calibration-does-not-fit');
    expect(calibrate([]).refusal).toBe('no-calibration');
  });
});

describe('calibration by a ruler', () => {
  const ruler = { from: [10, 50], to: [10, 300], distanceMm: 100 } as const;

  it('comes before everything in the file', () => {
    expect(calibrateClip(clipFacts(), ruler).calibration).toEqual({
      source: 'user-ruler',
      mmPerPixelX: 0.4,
      mmPerPixelY: 0.4,
    });
  });

  it('takes the shape of a pixel from the file where it is known', () => {
    const wide = clipFacts({ regions: [{ ...region, deltaX: 0.06, deltaY: 0.04 }] });
    const { calibration } = calibrateClip(wide, ruler);
    expect(calibration!.mmPerPixelX).toBeCloseTo(0.6, 12);
    expect(calibration!.mmPerPixelY).toBeCloseTo(0.4, 12);
  });

  it.each([
    ['without length', { ...ruler, to: [10, 50] as const }],
    ['that makes the picture metres deep', { ...ruler, distanceMm: 1000 }],
    ['that makes the picture millimetres deep', { ...ruler, distanceMm: 2 }],
  ])('is refused %s', (_, bad) => {
    expect(calibrateClip(clipFacts(), bad)).toEqual({
      ...none,
      refusal: 'calibration-does-not-fit',
    });
  });
});
