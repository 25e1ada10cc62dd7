import type { KeepMask } from '../../core/deidentify/keep-mask.ts';
import type { Point } from '../../core/geometry/point.ts';

/** A corner of an area of a mask. */
export interface Corner {
  readonly area: number;
  readonly corner: number;
}

/** The picture that a mask lies over, in pixels. */
export interface PictureSize {
  readonly rows: number;
  readonly columns: number;
}

/** An area of less is nothing that anybody sees. */
const fewestCorners = 3;

/** A point inside the picture, its outermost pixels included, to a tenth of a pixel. */
export function within([x, y]: Point, { rows, columns }: PictureSize): Point {
  const cut = (value: number, last: number): number =>
    Math.round(Math.min(last + 0.5, Math.max(-0.5, value)) * 10) / 10;
  return [cut(x, columns - 1), cut(y, rows - 1)];
}

/** The mask with one corner elsewhere. */
export function cornerMoved(mask: KeepMask, at: Corner, to: Point, size: PictureSize): KeepMask {
  return changed(mask, at.area, (area) =>
    area.map((point, index) => (index === at.corner ? within(to, size) : point)),
  );
}

/** The mask with the edge that begins at a corner moved as a whole. */
export function edgeMoved(mask: KeepMask, at: Corner, by: Point, size: PictureSize): KeepMask {
  return changed(mask, at.area, (area) => {
    const next = (at.corner + 1) % area.length;
    return area.map(([x, y], index) =>
      index === at.corner || index === next ? within([x + by[0], y + by[1]], size) : [x, y],
    );
  });
}

/** The mask with a new corner on the edge that begins at a corner. */
export function cornerAdded(mask: KeepMask, at: Corner, point: Point, size: PictureSize): KeepMask {
  return changed(mask, at.area, (area) => area.toSpliced(at.corner + 1, 0, within(point, size)));
}

/** The mask without a corner; an area of two corners goes with it. */
export function cornerRemoved(mask: KeepMask, at: Corner): KeepMask {
  const rest = mask.areas[at.area]!.toSpliced(at.corner, 1);
  if (rest.length < fewestCorners) return { areas: mask.areas.toSpliced(at.area, 1) };
  return { areas: mask.areas.with(at.area, rest) };
}

/** The mask with one area more; the same where its corners enclose nothing. */
export function areaAdded(mask: KeepMask, corners: readonly Point[], size: PictureSize): KeepMask {
  if (corners.length < fewestCorners) return mask;
  return { areas: [...mask.areas, corners.map((corner) => within(corner, size))] };
}

/** The mask with a box of half the picture's sides in its middle, to be drawn to its place. */
export function boxAdded(mask: KeepMask, size: PictureSize): KeepMask {
  const [left, right] = [size.columns / 4, (3 * size.columns) / 4];
  const [top, bottom] = [size.rows / 4, (3 * size.rows) / 4];
  const corners: readonly Point[] = [
    [left, top],
    [right, top],
    [right, bottom],
    [left, bottom],
  ];
  return areaAdded(mask, corners, size);
}

/** The mask with a new corner in the middle of the edge that begins at a corner. */
export function edgeHalved(mask: KeepMask, at: Corner, size: PictureSize): KeepMask {
  const area = mask.areas[at.area]!;
  const [[x, y], [nextX, nextY]] = [area[at.corner]!, area[(at.corner + 1) % area.length]!];
  return cornerAdded(mask, at, [(x + nextX) / 2, (y + nextY) / 2], size);
}

function changed(
  mask: KeepMask,
  place: number,
  change: (area: readonly Point[]) => readonly Point[],
): KeepMask {
  return { areas: mask.areas.with(place, change(mask.areas[place]!)) };
}
