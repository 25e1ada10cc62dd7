import type { FramePixels } from '../../../core/clip/clip.ts';
import type { Point } from '../../../core/geometry/point.ts';

/** A closed curve in image pixels, and its colour. */
export interface BurnedContour {
  readonly curve: readonly Point[];
  /** "#4fd8ee" */
  readonly colour: string;
}

/** Thick enough to be seen in a picture that is shown smaller, thin enough to leave the border visible. */
const widthPx = 1.5;

/** The picture in colour with contours drawn into its pixels. */
export function burnedContours(frame: FramePixels, contours: readonly BurnedContour[]): Uint8Array {
  const { rows, columns } = frame;
  const pixels = inColour(frame);
  for (const { curve, colour } of contours) {
    const cover = coverage(curve, rows, columns);
    const tint = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
    for (const [pixel, share] of cover) {
      for (let channel = 0; channel < 3; channel++) {
        const before = pixels[3 * pixel + channel]!;
        pixels[3 * pixel + channel] = Math.round(before + (tint[channel]! - before) * share);
      }
    }
  }
  return pixels;
}

function inColour({ rows, columns, channels, data }: FramePixels): Uint8Array {
  if (channels === 3) return data.slice();
  const pixels = new Uint8Array(3 * rows * columns);
  for (let pixel = 0; pixel < rows * columns; pixel++) pixels.fill(data[pixel]!, 3 * pixel, 3 * pixel + 3);
  return pixels;
}

/** How much of each pixel near the curve the line covers, 0…1, by the distance of its centre. */
function coverage(curve: readonly Point[], rows: number, columns: number): ReadonlyMap<number, number> {
  const reach = widthPx / 2 + 0.5;
  const cover = new Map<number, number>();
  curve.forEach((from, index) => {
    const to = curve[(index + 1) % curve.length]!;
    const [left, right] = [Math.min(from[0], to[0]) - reach, Math.max(from[0], to[0]) + reach];
    const [top, bottom] = [Math.min(from[1], to[1]) - reach, Math.max(from[1], to[1]) + reach];
    for (let y = Math.max(0, Math.ceil(top)); y <= Math.min(rows - 1, bottom); y++) {
      for (let x = Math.max(0, Math.ceil(left)); x <= Math.min(columns - 1, right); x++) {
        const share = Math.min(1, reach - distanceToSegment([x, y], from, to));
        const pixel = y * columns + x;
        if (share > (cover.get(pixel) ?? 0)) cover.set(pixel, share);
      }
    }
  });
  return cover;
}

function distanceToSegment([x, y]: Point, [ax, ay]: Point, [bx, by]: Point): number {
  const [dx, dy] = [bx - ax, by - ay];
  const length = dx * dx + dy * dy;
  const along = length === 0 ? 0 : Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / length));
  return Math.hypot(x - ax - along * dx, y - ay - along * dy);
}
