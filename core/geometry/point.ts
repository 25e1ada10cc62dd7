/**
 * A point in image pixels of the full frame: (0, 0) is the centre of the top-left pixel,
 * x grows to the right (columns), y downwards (rows).
 */
export type Point = readonly [x: number, y: number];

/** Axis-aligned box in the same coordinates, edges inclusive of the pixels they touch. */
export interface Box {
  readonly minX: number;
  readonly minY: number;
  readonly maxX: number;
  readonly maxY: number;
}

/** Millimetres per pixel, kept apart in x and y because ultrasound pixels need not be square. */
export interface PixelSpacing {
  readonly mmPerPixelX: number;
  readonly mmPerPixelY: number;
}
