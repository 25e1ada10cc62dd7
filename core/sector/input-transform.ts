import type { FramePixels, Sector } from '../clip/clip.ts';
import type { Point } from '../geometry/point.ts';
import type { ModelManifest } from '../model/manifest.ts';
import { greyLevels } from './grey.ts';
import { resample, resamplingTaps } from './resample.ts';

/** Part of the frame that is squeezed to the model's input, as pixel edges: pixel k covers [k, k + 1). */
export interface Crop {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** From the frame to the model's input and back. Points are pixel centres in both. */
export interface InputTransform {
  readonly crop: Crop;
  /** Input of the model, height × width of the manifest, row-major, in the manifest's range. */
  toInput(frame: FramePixels): Float32Array;
  /**
   * A mask of the frame (rows × columns, 0…255) squeezed as the picture is, to height × width values 0…1: what lies
   * partly inside a pixel of the input counts in part.
   */
  maskToInput(mask: Uint8Array): Float32Array;
  /**
   * Probabilities of the model's input pixels (height × width) brought to the frame: rows × columns, bilinear
   * between pixel centres, 0 outside the crop.
   */
  toImage(probability: Float32Array): Float32Array;
  /** Image pixels of the full frame -> pixels of the input, [column, row]. */
  inputPoint(point: Point): Point;
  /** Pixels of the input, [column, row] -> image pixels of the full frame; the inverse of `inputPoint`. */
  imagePoint(point: Point): Point;
}

/**
 * The transform that a model's manifest asks for, for one clip.
 *
 * `sector` and `region` models get the sector's box with the manifest's margin, cut at the frame's edge; `frame`
 * models get the whole frame. A `transposed` model's rows run along the image's x axis.
 */
export function inputTransform(
  input: ModelManifest['input'],
  sector: Sector,
  rows: number,
  columns: number,
): InputTransform {
  const crop = cropFor(input, sector, rows, columns);
  const transposed = input.orientation === 'transposed';
  // Size of the squeezed picture while it is still upright.
  const width = transposed ? input.height : input.width;
  const height = transposed ? input.width : input.height;
  const scaleX = (crop.right - crop.left) / width;
  const scaleY = (crop.bottom - crop.top) / height;
  const rowTaps = resamplingTaps(rows, crop.top, crop.bottom, height);
  const columnTaps = resamplingTaps(columns, crop.left, crop.right, width);

  const horizontal = interpolation(crop.left, crop.right, width, columns);
  const vertical = interpolation(crop.top, crop.bottom, height, rows);

  const inputPoint = ([x, y]: Point): Point => {
    const u = (x + 0.5 - crop.left) / scaleX - 0.5;
    const v = (y + 0.5 - crop.top) / scaleY - 0.5;
    return transposed ? [v, u] : [u, v];
  };
  const imagePoint = ([column, row]: Point): Point => {
    const [u, v] = transposed ? [row, column] : [column, row];
    return [crop.left + (u + 0.5) * scaleX - 0.5, crop.top + (v + 0.5) * scaleY - 0.5];
  };

  const squeezed = (levels: Uint8Array | Float32Array, low: number, high: number): Float32Array => {
    const upright = resample(levels, columns, rowTaps, columnTaps);
    const result = transposed ? transpose(upright, height, width) : upright;
    const gain = (high - low) / 255;
    for (let index = 0; index < result.length; index += 1) result[index] = low + result[index]! * gain;
    return result;
  };
  const toInput = (frame: FramePixels): Float32Array =>
    squeezed(greyLevels(frame), input.range[0], input.range[1]);
  const maskToInput = (mask: Uint8Array): Float32Array => {
    const result = squeezed(mask, 0, 1);
    // Weights add up to 1 but for rounding.
    for (let index = 0; index < result.length; index += 1) result[index] = Math.min(1, result[index]!);
    return result;
  };

  const toImage = (probability: Float32Array): Float32Array => {
    const upright = transposed ? transpose(probability, width, height) : probability;
    const result = new Float32Array(rows * columns);
    for (const y of vertical) {
      const above = y.before * width;
      const below = y.after * width;
      const line = y.pixel * columns;
      for (const x of horizontal) {
        const top = upright[above + x.before]! * (1 - x.share) + upright[above + x.after]! * x.share;
        const base = upright[below + x.before]! * (1 - x.share) + upright[below + x.after]! * x.share;
        result[line + x.pixel] = top * (1 - y.share) + base * y.share;
      }
    }
    return result;
  };

  return { crop, toInput, maskToInput, toImage, inputPoint, imagePoint };
}

function cropFor(input: ModelManifest['input'], sector: Sector, rows: number, columns: number): Crop {
  if (input.geometry === 'frame') return { left: 0, top: 0, right: columns, bottom: rows };
  const { minX, minY, maxX, maxY } = sector.box;
  // The box names pixels, edges included, and so do whole pixels of the crop.
  const marginX = Math.round((maxX - minX + 1) * input.marginFraction);
  const marginY = Math.round((maxY - minY + 1) * input.marginFraction);
  const left = clamp(Math.floor(minX) - marginX, 0, columns - 1);
  const top = clamp(Math.floor(minY) - marginY, 0, rows - 1);
  return {
    left,
    top,
    right: clamp(Math.ceil(maxX) + 1 + marginX, left + 1, columns),
    bottom: clamp(Math.ceil(maxY) + 1 + marginY, top + 1, rows),
  };
}

/** For each frame pixel inside the crop: the two input pixels around its centre and the share of the second. */
function interpolation(
  start: number,
  stop: number,
  size: number,
  limit: number,
): { pixel: number; before: number; after: number; share: number }[] {
  const scale = (stop - start) / size;
  const result = [];
  for (let pixel = Math.max(0, start); pixel < Math.min(limit, stop); pixel += 1) {
    const position = clamp((pixel + 0.5 - start) / scale - 0.5, 0, size - 1);
    const before = Math.floor(position);
    result.push({ pixel, before, after: Math.min(before + 1, size - 1), share: position - before });
  }
  return result;
}

function transpose(values: Float32Array, rows: number, columns: number): Float32Array {
  const result = new Float32Array(values.length);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      result[column * rows + row] = values[row * columns + column]!;
    }
  }
  return result;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
