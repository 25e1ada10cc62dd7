import { describe, expect, it } from 'vitest';
import { keptPixels } from '../../../../core/deidentify/keep-mask.ts';
import { suggestMask } from '../../../../core/deidentify/suggest-mask.ts';
import {
  clipFacts,
  fanRegion,
  region,
  screenFrames,
  usualScreen,
  type ScreenOptions,
} from '../../inference/scanner-screen.ts';

/** How many pixels of the fan go, and how many that lie further than `beyond` from it stay. */
function missed(options: ScreenOptions, kept: Uint8Array, beyond: number) {
  const { rows, columns, apex, radius, nearRadius, halfAngle } = options;
  let gone = 0;
  let stayed = 0;
  for (let y = 0; y < rows; y += 1) {
    for (let x = 0; x < columns; x += 1) {
      const depth = Math.hypot(x - apex[0], y - apex[1]);
      const angle = Math.abs(Math.atan2(x - apex[0], y - apex[1]));
      const isFan = depth >= nearRadius && depth <= radius && angle <= halfAngle;
      const aside = depth * Math.sin(angle - halfAngle);
      const isFar =
        depth > radius + beyond ||
        aside > beyond ||
        y < apex[1] + nearRadius * Math.cos(halfAngle) - 4 * beyond;
      if (isFan && kept[y * columns + x] === 0) gone += 1;
      if (isFar && kept[y * columns + x] !== 0) stayed += 1;
    }
  }
  return { gone, stayed };
}

const suggested = (change: Partial<ScreenOptions> = {}, regions: Parameters<typeof clipFacts>[1] = []) => {
  const options = { ...usualScreen, ...change };
  const mask = suggestMask(screenFrames(options), clipFacts(options, regions));
  return { options, mask, kept: mask && keptPixels(mask, options.rows, options.columns) };
};

describe.each<[string, Partial<ScreenOptions>]>([
  ['a loop', {}],
  ['a still', { frames: 1 }],
  ['a curved near field', { apex: [300, 30], nearRadius: 40 }],
  ['a narrow fan to one side', { apex: [220, 50], halfAngle: 0.6, litAngle: 0.6 }],
  ['a small picture', { rows: 240, columns: 320, apex: [110, 40], radius: 130 }],
  ['a large picture', { rows: 900, columns: 1200, apex: [560, 60], radius: 720 }],
])('%s', (_, change) => {
  it('keeps the fan and nothing that is drawn around it', () => {
    const { options, kept } = suggested(change);
    // Fans are found on cells of up to four pixels.
    const cell = Math.ceil(Math.max(options.rows, options.columns) / 320);
    const { gone, stayed } = missed(options, kept!, 6 + 3 * cell);
    expect(gone).toBeLessThan(0.002 * kept!.length);
    expect(stayed).toBe(0);
  });
});

it('keeps nothing of the fan outside of its region', () => {
  const options = usualScreen;
  const box = { ...fanRegion(options), maxY: 300 };
  const { kept } = suggested({}, [region(box)]);
  let below = 0;
  kept!.forEach((one, at) => (below += one !== 0 && Math.floor(at / options.columns) > 300 ? 1 : 0));
  expect(below).toBe(0);
  expect(kept!.some((one) => one !== 0)).toBe(true);
});

it('keeps an ECG or a spectrum never, whatever their regions say', () => {
  const strip = region({ minX: 0, minY: 420, maxX: 639, maxY: 479 }, 1, 10);
  const spectrum = region({ minX: 0, minY: 0, maxX: 639, maxY: 60 }, 3, 3);
  const { options, kept } = suggested({}, [region(fanRegion(usualScreen)), strip, spectrum]);
  expect(missed(options, kept!, 9).stayed).toBe(0);
});

it('keeps two fans of two pictures', () => {
  const half: ScreenOptions = {
    ...usualScreen,
    columns: 400,
    apex: [200, 40],
    radius: 250,
    halfAngle: 0.7,
    litAngle: 0.7,
    overlays: false,
  };
  const frames = screenFrames(half).map((frame) => {
    const data = new Uint8Array(frame.rows * 800 * 3);
    for (let y = 0; y < frame.rows; y += 1) {
      const line = frame.data.subarray(y * 1200, (y + 1) * 1200);
      data.set(line, y * 2400);
      data.set(line, y * 2400 + 1200);
    }
    return { ...frame, columns: 800, data };
  });
  const box = fanRegion(half);
  const regions = [region(box), region({ ...box, minX: box.minX + 400, maxX: box.maxX + 400 })];
  const mask = suggestMask(frames, clipFacts({ ...half, columns: 800 }, regions));
  expect(mask?.areas).toHaveLength(2);
});

it('leaves it to a person where no fan shows', () => {
  const options = { ...usualScreen, overlays: false };
  const full = screenFrames({ ...options, apex: [320, -2000], radius: 4000, litAngle: 3, halfAngle: 3 });
  expect(
    suggestMask(full, clipFacts(options, [region({ minX: 0, minY: 0, maxX: 639, maxY: 479 })])),
  ).toBeNull();
  const black = screenFrames({ ...options, litAngle: 0, radius: 0 });
  expect(suggestMask(black, clipFacts(options))).toBeNull();
});
