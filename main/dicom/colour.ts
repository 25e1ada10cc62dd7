import type { ClipFacts, FramePixels } from '../../core/clip/clip.ts';
import type { Box } from '../../core/geometry/point.ts';

/** Difference of the largest and smallest channel from which a pixel counts as coloured; tinted grey maps stay below. */
const chromaFrom = 48;
const blockSize = 8;
/** A block is coloured when half of it is: thin ECG lines, depth marks and text never are. */
const blockShare = 0.5;
/** Coloured blocks of the picture from which colour Doppler is taken to lie over it. */
const overlayShare = 0.01;

/**
 * Whether colour (flow or tissue Doppler) is drawn over the picture in any of the frames, judged by their pixels.
 * Looks inside of the 2D region where the file states one, so that colour bars and logos beside it do not count.
 */
export function hasColourOverlay(
  frames: readonly FramePixels[],
  facts?: Pick<ClipFacts, 'regions'>,
): boolean {
  return frames.some((frame) => colouredShare(frame, pictureBox(frame, facts)) >= overlayShare);
}

function pictureBox({ rows, columns }: FramePixels, facts: Pick<ClipFacts, 'regions'> | undefined): Box {
  const whole = { minX: 0, minY: 0, maxX: columns - 1, maxY: rows - 1 };
  const box = facts?.regions.find((region) => region.spatialFormat === 1)?.box;
  if (box === undefined) return whole;
  const clipped = {
    minX: Math.max(0, box.minX),
    minY: Math.max(0, box.minY),
    maxX: Math.min(columns - 1, box.maxX),
    maxY: Math.min(rows - 1, box.maxY),
  };
  const usable = clipped.maxX - clipped.minX >= blockSize && clipped.maxY - clipped.minY >= blockSize;
  return usable ? clipped : whole;
}

/** Coloured blocks as a share of all blocks of the box. */
function colouredShare(frame: FramePixels, box: Box): number {
  if (frame.channels === 1) return 0;
  let blocks = 0;
  let coloured = 0;
  for (let top = box.minY; top + blockSize <= box.maxY + 1; top += blockSize) {
    for (let left = box.minX; left + blockSize <= box.maxX + 1; left += blockSize) {
      blocks += 1;
      if (colouredPixels(frame, left, top) >= blockShare * blockSize * blockSize) coloured += 1;
    }
  }
  return blocks === 0 ? 0 : coloured / blocks;
}

function colouredPixels({ columns, data }: FramePixels, left: number, top: number): number {
  let count = 0;
  for (let y = top; y < top + blockSize; y += 1) {
    for (let x = left; x < left + blockSize; x += 1) {
      const pixel = (y * columns + x) * 3;
      const red = data[pixel]!;
      const green = data[pixel + 1]!;
      const blue = data[pixel + 2]!;
      if (Math.max(red, green, blue) - Math.min(red, green, blue) >= chromaFrom) count += 1;
    }
  }
  return count;
}
