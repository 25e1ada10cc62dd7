import type { FramePixels } from '../../core/clip/clip.ts';

/** A frame shrunk to fit into `largest` × `largest` pixels, each pixel the mean of those it stands for. */
export function thumbnail(frame: FramePixels, largest: number): FramePixels {
  const scale = Math.min(1, largest / Math.max(frame.rows, frame.columns));
  if (scale === 1) return frame;
  const rows = Math.max(1, Math.round(frame.rows * scale));
  const columns = Math.max(1, Math.round(frame.columns * scale));
  const { channels } = frame;
  const data = new Uint8Array(rows * columns * channels);
  for (let row = 0; row < rows; row += 1) {
    const [top, bottom] = span(row, rows, frame.rows);
    for (let column = 0; column < columns; column += 1) {
      const [left, right] = span(column, columns, frame.columns);
      for (let channel = 0; channel < channels; channel += 1) {
        let sum = 0;
        for (let y = top; y < bottom; y += 1) {
          for (let x = left; x < right; x += 1) {
            sum += frame.data[(y * frame.columns + x) * channels + channel] ?? 0;
          }
        }
        data[(row * columns + column) * channels + channel] = sum / ((bottom - top) * (right - left));
      }
    }
  }
  return { rows, columns, channels, data };
}

/** The pixels of the large side, first inclusive and last exclusive, that one of the small side stands for. */
function span(index: number, small: number, large: number): [number, number] {
  const first = Math.floor((index * large) / small);
  return [first, Math.max(first + 1, Math.floor(((index + 1) * large) / small))];
}
