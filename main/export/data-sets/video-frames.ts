import type { FramePixels } from '../../../core/clip/clip.ts';
import type { Box } from '../../../core/geometry/point.ts';
import { greyLevels } from '../../../core/sector/grey.ts';
import type { ResearchClip } from '../research/measurement-rows.ts';
import type { VideoFrames } from './echonet.ts';

/** Frames of the clip's own size. */
export const wholeFrames = ({ facts: { rows, columns } }: ResearchClip): VideoFrames => ({
  rows,
  columns,
  picture: (frame) => frame,
  point: (point) => point,
});

/** Side of the frames of EchoNet-Dynamic. */
const side = 112;

/**
 * Frames of 112 × 112 grey pixels: the sector as the model was shown it, else the whole picture, in true proportions, with
 * black beside it where it is no square.
 */
export function smallFrames({ facts, review, measured: { spacing } }: ResearchClip): VideoFrames {
  const { minX, minY, maxX, maxY } = within(review.run?.sector.box ?? null, facts.rows, facts.columns);
  const width = (maxX - minX) * spacing.mmPerPixelX;
  const height = (maxY - minY) * spacing.mmPerPixelY;
  const scale = side / Math.max(width, height);
  const across: Axis = {
    ...{ start: minX, end: maxX, scale: scale * spacing.mmPerPixelX },
    margin: (side - width * scale) / 2,
  };
  const down: Axis = {
    ...{ start: minY, end: maxY, scale: scale * spacing.mmPerPixelY },
    margin: (side - height * scale) / 2,
  };
  // Corners are where pixels begin; points count from the centre of a pixel.
  const along = ({ start, scale, margin }: Axis, at: number): number =>
    (at + 0.5 - start) * scale + margin - 0.5;
  const columns = shares(across);
  const rows = shares(down);
  return {
    rows: side,
    columns: side,
    point: ([x, y]) => [along(across, x), along(down, y)],
    picture(frame) {
      const grey = greyLevels(frame);
      const data = new Uint8Array(side * side);
      for (let row = 0; row < side; row++) {
        for (let column = 0; column < side; column++) {
          data[row * side + column] = mean(grey, frame.columns, rows[row]!, columns[column]!);
        }
      }
      return { rows: side, columns: side, channels: 1, data } satisfies FramePixels;
    },
  };
}

interface Axis {
  /** Corners of the part that is shown, image pixels. */
  readonly start: number;
  readonly end: number;
  /** Pixels of the small frame for one of the image. */
  readonly scale: number;
  /** Black before it. */
  readonly margin: number;
}

/** What of each pixel of the image lies under one of the small frame, along one axis. */
type Share = readonly { readonly at: number; readonly weight: number }[];

function shares({ start, end, scale, margin }: Axis): Share[] {
  return Array.from({ length: side }, (_, small) => {
    const from = Math.max(start, (small - margin) / scale + start);
    const to = Math.min(end, (small + 1 - margin) / scale + start);
    const share: { at: number; weight: number }[] = [];
    for (let at = Math.floor(from); at < to; at++) {
      const weight = Math.min(at + 1, to) - Math.max(at, from);
      if (weight > 0) share.push({ at, weight: weight * scale });
    }
    return share;
  });
}

/** Mean over the area of a small pixel; what lies beside the picture counts as black. */
function mean(grey: Uint8Array, stride: number, rows: Share, columns: Share): number {
  let sum = 0;
  for (const { at: row, weight: down } of rows) {
    for (const { at: column, weight: across } of columns) {
      sum += grey[row * stride + column]! * down * across;
    }
  }
  return Math.round(sum);
}

/** A box of pixels as corners, inside the picture; all of it where the box holds nothing. */
function within(box: Box | null, rows: number, columns: number): Box {
  const all = { minX: 0, minY: 0, maxX: columns, maxY: rows };
  if (box === null) return all;
  const inside = {
    minX: Math.max(0, Math.floor(box.minX)),
    minY: Math.max(0, Math.floor(box.minY)),
    maxX: Math.min(columns, Math.floor(box.maxX) + 1),
    maxY: Math.min(rows, Math.floor(box.maxY) + 1),
  };
  return inside.maxX > inside.minX && inside.maxY > inside.minY ? inside : all;
}
