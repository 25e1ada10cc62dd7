import type { PixelSpacing, Point } from './point.ts';

/** Where nothing else is known a pixel is as wide as it is high. */
export const squarePixels: PixelSpacing = { mmPerPixelX: 1, mmPerPixelY: 1 };

/** Image points and the same points in the body's proportions, measured in heights of a pixel. */
export interface Proportion {
  readonly seen: (point: Point) => Point;
  readonly image: (point: Point) => Point;
}

const itself: Proportion = { seen: (point) => point, image: (point) => point };

/** How wide a pixel is for its height; 1 where the spacing says nothing that can be. */
export function aspectOf({ mmPerPixelX, mmPerPixelY }: PixelSpacing): number {
  const aspect = mmPerPixelX / mmPerPixelY;
  return Number.isFinite(aspect) && aspect > 0 ? aspect : 1;
}

/** Lengths are compared as the reader sees them on screen: only how wide a pixel is for its height counts here. */
export function proportionOf(spacing: PixelSpacing): Proportion {
  const aspect = aspectOf(spacing);
  if (aspect === 1) return itself;
  return { seen: ([x, y]) => [x * aspect, y], image: ([x, y]) => [x / aspect, y] };
}
