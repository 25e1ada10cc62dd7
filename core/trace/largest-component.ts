import type { Point } from '../geometry/point.ts';

/** The pixels of one connected area, with the moments that give its centre and its axes. */
export interface Component {
  /** 1 for a pixel of the component, else 0; row-major. */
  readonly member: Uint8Array;
  readonly areaPx: number;
  readonly centroid: Point;
  /** Central second moments divided by the area: xx, xy, yy. */
  readonly covariance: readonly [xx: number, xy: number, yy: number];
  /** Its first pixel in reading order. */
  readonly start: Point;
}

/**
 * The largest 4-connected area of pixels at or above the threshold; null when there is none. Of two equal ones,
 * the first in reading order. Values that are not numbers count as below.
 */
export function largestComponent(
  probability: Float32Array,
  rows: number,
  columns: number,
  threshold: number,
): Component | null {
  // 0 below the threshold, 1 not visited yet, 2 visited, 3 the largest so far.
  const state = new Uint8Array(rows * columns);
  for (let i = 0; i < state.length; i++) if (probability[i]! >= threshold) state[i] = 1;
  let stack = new Int32Array(1024);
  let best: Int32Array | null = null;
  for (let seed = 0; seed < state.length; seed++) {
    if (state[seed] !== 1) continue;
    // `stack` keeps every pixel of the area: the part before `read` is done, the rest is still to be spread from.
    let read = 0;
    let write = 0;
    state[seed] = 2;
    stack[write++] = seed;
    while (read < write) {
      if (write + 4 > stack.length) stack = grown(stack);
      const pixel = stack[read++]!;
      const column = pixel % columns;
      if (column > 0 && state[pixel - 1] === 1) state[(stack[write++] = pixel - 1)] = 2;
      if (column < columns - 1 && state[pixel + 1] === 1) state[(stack[write++] = pixel + 1)] = 2;
      if (pixel >= columns && state[pixel - columns] === 1) state[(stack[write++] = pixel - columns)] = 2;
      if (pixel + columns < state.length && state[pixel + columns] === 1) {
        state[(stack[write++] = pixel + columns)] = 2;
      }
    }
    if (best === null || write > best.length) best = stack.slice(0, write);
  }
  return best === null ? null : describe(best, state, columns);
}

function grown(stack: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(stack.length * 2);
  larger.set(stack);
  return larger;
}

function describe(pixels: Int32Array, member: Uint8Array, columns: number): Component {
  member.fill(0);
  let sumX = 0;
  let sumY = 0;
  let first = pixels[0]!;
  for (const pixel of pixels) {
    member[pixel] = 1;
    sumX += pixel % columns;
    sumY += Math.floor(pixel / columns);
    if (pixel < first) first = pixel;
  }
  const areaPx = pixels.length;
  const centreX = sumX / areaPx;
  const centreY = sumY / areaPx;
  let xx = 0;
  let xy = 0;
  let yy = 0;
  for (const pixel of pixels) {
    const dx = (pixel % columns) - centreX;
    const dy = Math.floor(pixel / columns) - centreY;
    xx += dx * dx;
    xy += dx * dy;
    yy += dy * dy;
  }
  return {
    member,
    areaPx,
    centroid: [centreX, centreY],
    covariance: [xx / areaPx, xy / areaPx, yy / areaPx],
    start: [first % columns, Math.floor(first / columns)],
  };
}
