import { describe, expect, it } from 'vitest';
import type { FramePixels } from '../../../core/clip/clip.ts';
import type { Box } from '../../../core/geometry/point.ts';
import { findFan, findSector, findSectorAndFan } from '../../../core/sector/find-sector.ts';
import {
  clipFacts,
  fanBox,
  fanRegion,
  region,
  screenFrames,
  usualScreen,
  type ScreenOptions,
} from './scanner-screen.ts';

/** Sides of the box lie within this many pixels of the fan's. */
function expectBox(found: Box, wanted: Box, tolerance: number): void {
  const differences = {
    minX: found.minX - wanted.minX,
    minY: found.minY - wanted.minY,
    maxX: found.maxX - wanted.maxX,
    maxY: found.maxY - wanted.maxY,
  };
  const largest = Math.max(...Object.values(differences).map(Math.abs));
  expect(largest, JSON.stringify(differences)).toBeLessThanOrEqual(tolerance);
}

function find(change: Partial<ScreenOptions> = {}, regions: Parameters<typeof clipFacts>[1] = []) {
  const options = { ...usualScreen, ...change };
  return {
    sector: findSector(screenFrames(options), clipFacts(options, regions)),
    fan: fanBox(options),
  };
}

describe('from pixels alone', () => {
  it.each<[string, Partial<ScreenOptions>]>([
    ['a loop', {}],
    ['two frames', { frames: 2 }],
    ['a still', { frames: 1 }],
    ['a curved near field', { apex: [300, 30], nearRadius: 40 }],
    ['a narrow fan to one side', { apex: [220, 50], halfAngle: 0.6, litAngle: 0.6 }],
    ['a small picture', { rows: 240, columns: 320, apex: [110, 40], radius: 130 }],
    ['a large picture', { rows: 900, columns: 1200, apex: [560, 60], radius: 720 }],
  ])('finds the fan and nothing that scanners draw around it: %s', (_, change) => {
    const { sector, fan } = find(change);
    expect(sector.source).toBe('pixels');
    expectBox(sector.box, fan, 0.025 * Math.max(change.columns ?? 640, change.rows ?? 480));
  });

  it('knows the corners that are too dark to see from the edges above them', () => {
    // Beyond 30° of 45° the deep half is black; the edges show in the near half.
    const options: ScreenOptions = { ...usualScreen, overlays: true };
    const frames = screenFrames(options).map((frame) => blackened(frame, options));
    const { box } = findSector(frames, clipFacts(options));
    expectBox(box, fanBox(options), 16);
  });

  it('keeps the sides of the fan beside the box', () => {
    const frames = screenFrames(usualScreen);
    const facts = clipFacts(usualScreen);
    const { sector, fan } = findSectorAndFan(frames, facts);
    expect(sector).toEqual(findSector(frames, facts));
    const whole = { minX: 0, minY: 0, maxX: usualScreen.columns - 1, maxY: usualScreen.rows - 1 };
    const { apexX, apexY, leftAngle, rightAngle } = findFan(frames, whole)!;
    expect(fan!.apexX).toBeCloseTo(apexX, 1);
    expect(fan!.apexY).toBeCloseTo(apexY, 1);
    expect(fan!.leftAngle).toBeCloseTo(leftAngle, 4);
    expect(fan!.rightAngle).toBeCloseTo(rightAngle, 4);
  });

  it('is the whole frame when the picture ends at the sector, as in CAMUS', () => {
    const { sector } = find({
      rows: 362,
      columns: 510,
      apex: [255, 0],
      radius: 360,
      overlays: false,
      frames: 2,
    });
    expectBox(sector.box, { minX: 0, minY: 0, maxX: 509, maxY: 361 }, 4);
  });

  it('is the whole frame when nothing is there', () => {
    const options = { ...usualScreen, frames: 3 };
    const black = { rows: 480, columns: 640, channels: 1, data: new Uint8Array(480 * 640) } as const;
    expect(findSector([black, black, black], clipFacts(options))).toEqual({
      box: { minX: 0, minY: 0, maxX: 639, maxY: 479 },
      source: 'frame',
      doubt: 'not-found',
    });
  });

  it('does not take a loop of letters for tissue', () => {
    const { sector } = find({ radius: 0, frames: 6 });
    expect(sector.source).toBe('frame');
  });
});

describe('doubt', () => {
  it('is none where the whole fan is seen', () => {
    expect(find().sector.doubt).toBeUndefined();
    expect(find({ overlays: false }).sector.doubt).toBeUndefined();
  });

  it('falls on a fan that goes on beyond the picture', () => {
    const { sector } = find({ columns: 420, apex: [140, 40], overlays: false });
    expect(sector.doubt).toBe('cut-off');
  });
});

describe('with ultrasound regions', () => {
  const fan = fanBox(usualScreen);
  const rounded = fanRegion(usualScreen);

  it('takes the tissue region as it is when the picture agrees', () => {
    const { sector } = find({}, [
      region({ minX: 20, minY: 420, maxX: 600, maxY: 470 }, 4, 10),
      region(rounded),
    ]);
    expect(sector).toEqual({ box: rounded, source: 'region' });
  });

  it('draws a region in that is wider than the fan', () => {
    const wide = { ...rounded, minX: rounded.minX - 40, maxX: rounded.maxX + 40 };
    const { sector } = find({}, [region(wide)]);
    expect(sector.source).toBe('region');
    expectBox(sector.box, fan, 16);
  });

  it.each([
    ['lies outside the picture', { minX: 200, minY: 40, maxX: 1200, maxY: 800 }],
    ['is the whole screen', { minX: 0, minY: 0, maxX: 639, maxY: 479 }],
  ])('looks at the pixels when the region %s', (_, box) => {
    const { sector } = find({}, [region(box)]);
    expectBox(sector.box, fan, 16);
  });

  it.each([
    ['elsewhere', { minX: 400, minY: 240, maxX: 639, maxY: 479 }],
    ['with its corners exchanged', { minX: 300, minY: 300, maxX: 100, maxY: 100 }],
  ])('never leaves the picture of the file: %s', (_, box) => {
    const { sector } = find({}, [region(box)]);
    expect(sector.box.minX).toBeGreaterThanOrEqual(Math.min(box.minX, box.maxX));
    expect(sector.box.maxX).toBeLessThanOrEqual(Math.max(box.minX, box.maxX));
    expect(sector.box.minY).toBeGreaterThanOrEqual(Math.min(box.minY, box.maxY));
    expect(sector.box.maxY).toBeLessThanOrEqual(Math.max(box.minY, box.maxY));
  });

  it('ignores regions of Doppler and M-mode', () => {
    const { sector } = find({}, [region(rounded, 3, 3), region(rounded, 2, 1)]);
    expect(sector.source).toBe('pixels');
  });

  it('has the region when there is nothing to see', () => {
    const options = { ...usualScreen, frames: 1 };
    const black = { rows: 480, columns: 640, channels: 1, data: new Uint8Array(480 * 640) } as const;
    expect(findSector([black], clipFacts(options, [region(rounded)]))).toEqual({
      box: rounded,
      source: 'region',
    });
  });
});

/** Switches the deep lateral tissue off. */
function blackened(frame: FramePixels, { apex, radius }: ScreenOptions): FramePixels {
  const data = Uint8Array.from(frame.data);
  for (let y = 0; y < frame.rows; y += 1) {
    for (let x = 0; x < frame.columns; x += 1) {
      const depth = Math.hypot(x - apex[0], y - apex[1]);
      const angle = Math.abs(Math.atan2(x - apex[0], y - apex[1]));
      if (depth <= radius && depth > 0.6 * radius && angle > Math.PI / 6) {
        data.fill(0, (y * frame.columns + x) * 3, (y * frame.columns + x) * 3 + 3);
      }
    }
  }
  return { ...frame, data };
}
