import type { Box, PixelSpacing, Point } from '../geometry/point.ts';
import type { TraceSource } from './trace.ts';

/** How a network's map lies in the image: its own pixels, [column, row], and those of the whole frame. */
export interface MapPlace {
  readonly rows: number;
  readonly columns: number;
  /** Image pixels of the full frame -> pixels of the map. */
  inputPoint(point: Point): Point;
  /** Pixels of the map -> image pixels of the full frame; the inverse of `inputPoint`. */
  imagePoint(point: Point): Point;
}

/** What a structure beside the cavity is traced by. */
export interface BesideCavityOptions {
  /** Probability from which a pixel counts. */
  readonly threshold: number;
  readonly source: TraceSource;
  /** mm per pixel of the image, if known: apex and roof are then looked for in true proportions. */
  readonly spacing?: PixelSpacing;
  /** The part of the image that is drawn in; all of it where left out. */
  readonly picture?: Box | null;
}
