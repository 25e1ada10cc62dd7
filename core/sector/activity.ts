import type { FramePixels } from '../clip/clip.ts';
import { greyLevels } from './grey.ts';
import type { CellMap } from './map.ts';

/** Cells along the longer side of a map: fine enough for a sector's edge, coarse enough to be quick. */
const mapSize = 320;
/** From this many frames on, the highest and the lowest level of a cell are left out. */
const framesToTrim = 5;

/** What moves and what shines in a sample of frames. */
export interface ClipActivity {
  /** Range of grey levels of each cell over the frames; what shows in one frame only (a sweeping line) is left out. */
  readonly motion: CellMap;
  /** Highest mean grey level of each cell. */
  readonly brightness: CellMap;
}

/** @param frames at least one, all of one size */
export function clipActivity(frames: readonly FramePixels[]): ClipActivity {
  const maps = frames.map(cellMeans);
  const { rows, columns, cell } = maps[0]!;
  const motion = new Float32Array(rows * columns);
  const brightness = new Float32Array(rows * columns);
  const levels = new Float32Array(maps.length);
  const trim = maps.length >= framesToTrim ? 1 : 0;
  for (let index = 0; index < motion.length; index += 1) {
    maps.forEach((map, frame) => (levels[frame] = map.values[index]!));
    levels.sort();
    motion[index] = levels[levels.length - 1 - trim]! - levels[trim]!;
    brightness[index] = levels[levels.length - 1]!;
  }
  return {
    motion: { rows, columns, cell, values: motion },
    brightness: { rows, columns, cell, values: brightness },
  };
}

function cellMeans(frame: FramePixels): CellMap {
  const cell = Math.max(1, Math.ceil(Math.max(frame.rows, frame.columns) / mapSize));
  const rows = Math.ceil(frame.rows / cell);
  const columns = Math.ceil(frame.columns / cell);
  const grey = greyLevels(frame);
  const values = new Float32Array(rows * columns);
  const counts = new Uint16Array(columns);
  for (let y = 0; y < frame.rows; y += 1) {
    const line = Math.floor(y / cell) * columns;
    for (let x = 0; x < frame.columns; x += 1) {
      values[line + Math.floor(x / cell)]! += grey[y * frame.columns + x]!;
    }
  }
  for (let column = 0; column < columns; column += 1) {
    counts[column] = Math.min(cell, frame.columns - column * cell);
  }
  for (let row = 0; row < rows; row += 1) {
    const height = Math.min(cell, frame.rows - row * cell);
    for (let column = 0; column < columns; column += 1) {
      values[row * columns + column]! /= height * counts[column]!;
    }
  }
  return { rows, columns, cell, values };
}
