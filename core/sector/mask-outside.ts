import type { FramePixels } from '../clip/clip.ts';
import type { Box } from '../geometry/point.ts';

/** The frame with everything outside a box black; the same frame where the box holds all of it. */
export function maskOutside(frame: FramePixels, box: Box | null): FramePixels {
  const { rows, columns, channels } = frame;
  if (box === null || holdsAll(box, rows, columns)) return frame;
  const data = new Uint8Array(frame.data.length);
  const left = Math.max(0, Math.ceil(box.minX));
  const right = Math.min(columns - 1, Math.floor(box.maxX));
  for (let y = Math.max(0, Math.ceil(box.minY)); y <= Math.min(rows - 1, Math.floor(box.maxY)); y += 1) {
    const from = (y * columns + left) * channels;
    const to = (y * columns + right + 1) * channels;
    data.set(frame.data.subarray(from, to), from);
  }
  return { rows, columns, channels, data };
}

/** Sets the values of all pixels outside a box to 0, in place. */
export function clearOutside(values: Float32Array, rows: number, columns: number, box: Box | null): void {
  if (box === null || holdsAll(box, rows, columns)) return;
  for (let y = 0; y < rows; y += 1) {
    const line = y * columns;
    if (y < box.minY || y > box.maxY) {
      values.fill(0, line, line + columns);
      continue;
    }
    values.fill(0, line, line + Math.max(0, Math.ceil(box.minX)));
    values.fill(0, line + Math.min(columns, Math.floor(box.maxX) + 1), line + columns);
  }
}

function holdsAll(box: Box, rows: number, columns: number): boolean {
  return box.minX <= 0 && box.minY <= 0 && box.maxX >= columns - 1 && box.maxY >= rows - 1;
}
