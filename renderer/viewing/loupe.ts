import type { Point } from '../../core/geometry/point.ts';

/** Side of the loupe, CSS pixels, and how many times larger it shows what is on screen. */
export const loupeSide = 160;
export const loupeMagnification = 4;

/** Distance between pointer and loupe, CSS pixels. */
const clearance = 28;

/**
 * Top left corner of the loupe in the window: beside the pointer and never under it. It stays on its side of the
 * pointer as long as the window has room there.
 *
 * @param before where it was a moment ago; null when it appears
 */
export function loupeCorner([x, y]: Point, [width, height]: Point, before: Point | null): Point {
  const sides: readonly Point[] = [
    [x + clearance, y - clearance - loupeSide],
    [x - clearance - loupeSide, y - clearance - loupeSide],
    [x + clearance, y + clearance],
    [x - clearance - loupeSide, y + clearance],
  ];
  const roomy = sides.filter(
    ([left, top]) => left >= 0 && top >= 0 && left + loupeSide <= width && top + loupeSide <= height,
  );
  const usable = roomy.length > 0 ? roomy : sides;
  if (before === null) return usable[0]!;
  const from = (corner: Point) => Math.hypot(corner[0] - before[0], corner[1] - before[1]);
  return usable.toSorted((a, b) => from(a) - from(b))[0]!;
}
