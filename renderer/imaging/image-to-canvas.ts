import type { Point } from '../../core/geometry/point.ts';

/** How image pixels lie in their element: uniform scale, centred, in CSS pixels. */
export interface PicturePlacement {
  /** CSS pixels per image pixel. */
  readonly scale: number;
  /** Position in the element of the image's point (0, 0), the centre of its top-left pixel. */
  readonly originX: number;
  readonly originY: number;
}

/**
 * The placement of a picture that is fitted into its element, as Cornerstone's canvas pipeline draws it: the
 * picture's area spans whole pixels, so the centre of the top-left pixel lies half a pixel inside its corner.
 */
export function fitPicture(columns: number, rows: number, width: number, height: number): PicturePlacement {
  const scale = Math.min(width / columns, height / rows) || 1;
  return {
    scale,
    originX: (width - columns * scale) / 2 + scale / 2,
    originY: (height - rows * scale) / 2 + scale / 2,
  };
}

export const toElement = (placement: PicturePlacement, [x, y]: Point): Point => [
  placement.originX + x * placement.scale,
  placement.originY + y * placement.scale,
];

export const toImage = (placement: PicturePlacement, [x, y]: Point): Point => [
  (x - placement.originX) / placement.scale,
  (y - placement.originY) / placement.scale,
];
