import { describe, expect, it } from 'vitest';
import { pictureFlaw } from '../../../core/sector/picture-content.ts';
import { sectorDoubt } from '../../../core/sector/sector-doubt.ts';

const size = 96;
const picture = (level: (x: number, y: number) => number): Float32Array =>
  Float32Array.from({ length: size * size }, (_, index) => level(index % size, Math.floor(index / size)));
const random = (x: number, y: number): number => {
  const value = Math.sin(x * 12.9898 + y * 78.233) * 43_758.5453;
  return value - Math.floor(value);
};
/** A fan of speckle with a dark cavity in it. */
const echo = picture((x, y) => {
  if (Math.abs(x - 48) > 0.7 * y) return 0;
  const wall = Math.hypot((x - 48) / 12, (y - 50) / 22);
  return (wall < 1 ? 10 : wall < 1.6 ? 120 : 60) * (0.6 + 0.8 * random(x >> 1, y));
});

describe('a picture', () => {
  it('that may be an echo is let pass, dim or not', () => {
    expect(pictureFlaw(echo, size)).toBeNull();
    expect(
      pictureFlaw(
        echo.map((level) => 0.3 * level),
        size,
      ),
    ).toBeNull();
  });

  it.each([
    ['black', picture(() => 0)],
    ['black', picture((x, y) => 3 * random(x, y))],
    ['uniform', picture(() => 128)],
    ['noise', picture((x, y) => 255 * random(x, y))],
    // Noise in a sector has black corners, and is noise all the same.
    ['noise', picture((x, y) => (Math.abs(x - 48) > 0.7 * y ? 0 : 128 + 127 * random(x, y)))],
  ] as const)('without an echo is told: %s', (flaw, grey) => {
    expect(pictureFlaw(grey, size)).toBe(flaw);
  });

  it('that was blanked is told by what its clip usually shows', () => {
    const text = picture((x, y) => (y < 6 && x % 3 === 0 ? 200 : x < 30 && y > 80 ? 60 : 0));
    expect(pictureFlaw(text, size, 60)).toBe('blanked');
    expect(pictureFlaw(text, size, null)).not.toBe('blanked');
  });
});

describe('a sector', () => {
  const box = { minX: 100, minY: 50, maxX: 499, maxY: 399 };
  const whole = { minX: 0, minY: 0, maxX: 599, maxY: 449 };
  const evidence = { box, source: 'region', picture: whole, fan: box, tissue: box } as const;

  it('that is seen whole is not doubted', () => {
    expect(sectorDoubt(evidence)).toBeUndefined();
    expect(sectorDoubt({ ...evidence, fan: null })).toBeUndefined();
    expect(sectorDoubt({ ...evidence, fan: null, tissue: null })).toBeUndefined();
  });

  it.each([
    ['not-found', { source: 'frame', tissue: null, fan: null }],
    ['cut-off', { fan: { ...box, minX: -80 } }],
    ['loose', { fan: null, tissue: { ...box, maxX: 350 } }],
    ['odd-shape', { box: { ...box, maxY: 150 } }],
  ] as const)('is doubted when it is %s', (doubt, changes) => {
    expect(sectorDoubt({ ...evidence, ...changes })).toBe(doubt);
  });
});
