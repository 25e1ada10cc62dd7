import type { FramePixels } from '../clip/clip.ts';
import type { Box } from '../geometry/point.ts';

/** Levels by which a pixel must change over the samples to have moved: more than repeated lossy coding does. */
const leastChange = 6;
/** A pixel that never gets brighter than this says nothing. */
const leastLevel = 16;
/**
 * A picture of which less moves stands still: an ECG or a clock may run over it. Real loops move over 65 to 100 % of
 * it (speckle), phantoms over 96 %, drawn ones without speckle over 7 %, frozen ones over less than 1 %.
 */
const leastMovingShare = 0.04;

/**
 * True where nothing but a trace or a clock moves inside a box over some frames of a clip, as in the frozen picture
 * beside a running spectrum. A box that is black in all of them is no picture, and not called still.
 *
 * @param frames at least two, neighbours among them: a loop may repeat itself at any one step
 */
export function standsStill(frames: readonly FramePixels[], box: Box): boolean {
  const share = movingShare(frames, box);
  return share !== null && share < leastMovingShare;
}

/** Share of the lit pixels inside a box that change, 0…1; null where none is lit. */
export function movingShare(frames: readonly FramePixels[], box: Box): number | null {
  const [first] = frames;
  if (first === undefined) return null;
  const { columns, rows, channels } = first;
  let lit = 0;
  let moved = 0;
  for (let y = Math.max(0, Math.ceil(box.minY)); y <= Math.min(rows - 1, box.maxY); y += 1) {
    for (let x = Math.max(0, Math.ceil(box.minX)); x <= Math.min(columns - 1, box.maxX); x += 1) {
      const at = (y * columns + x) * channels;
      let brightest = 0;
      let change = 0;
      for (let channel = 0; channel < channels; channel += 1) {
        let low = 255;
        let high = 0;
        for (const { data } of frames) {
          const level = data[at + channel]!;
          if (level < low) low = level;
          if (level > high) high = level;
        }
        brightest = Math.max(brightest, high);
        change = Math.max(change, high - low);
      }
      if (brightest < leastLevel) continue;
      lit += 1;
      if (change >= leastChange) moved += 1;
    }
  }
  return lit === 0 ? null : moved / lit;
}
