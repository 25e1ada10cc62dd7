import type { UltrasoundRegion } from '../clip/calibration.ts';
import type { FramePixels } from '../clip/clip.ts';
import { regionBox } from '../clip/pictures.ts';
import type { Box } from '../geometry/point.ts';

/** Region Spatial Format (0018,6012) of a waveform, and Region Data Type (0018,6014) of an ECG, PS3.3 C.8.5.5.1. */
const formatWaveform = 4;
const dataTypeEcg = 10;

/** Levels by which the brightest and the darkest channel of a coloured pixel differ, through lossy compression too. */
const leastChroma = 50;
/** Hues are told apart by twelfths of the circle; a line's own lies in two of them at most. */
const hues = 12;
/** Share of the columns that a trace runs over, and of those that its line lies on one row of: it rests most of the time. */
const leastWidth = 0.2;
const leastBaseline = 0.1;
const mostHeight = 0.3;
/** Share of the columns of its box that a line runs over. */
const leastCovered = 0.8;
/** Share of its box that is coloured, whichever hue it has: Doppler fills more, and so does a line that is straight. */
const mostColoured = 0.15;
/** Pixels over which a line goes on. */
const gap = 3;
const margin = 4;
const leastSide = 8;

/**
 * Where an ECG is drawn into the pictures of a clip: the region that the file names as one; else a thin coloured line in
 * the lower half that rests on one height and leaves it now and then. null where neither is found: what is drawn in grey
 * is not told from tissue.
 *
 * @param frames some of the clip's, all of one size: the line may move along
 */
export function burnedEcg(frames: readonly FramePixels[], regions: readonly UltrasoundRegion[]): Box | null {
  const [first] = frames;
  if (first === undefined) return null;
  return statedBox(first, regions) ?? drawnBox(frames.filter(({ channels }) => channels === 3));
}

function statedBox({ rows, columns }: FramePixels, regions: readonly UltrasoundRegion[]): Box | null {
  for (const region of regions) {
    if (region.spatialFormat !== formatWaveform || region.dataType !== dataTypeEcg) continue;
    const { minX, minY, maxX, maxY } = regionBox(region);
    const box = {
      minX: Math.max(0, minX),
      minY: Math.max(0, minY),
      maxX: Math.min(columns - 1, maxX),
      maxY: Math.min(rows - 1, maxY),
    };
    if (box.maxX - box.minX >= 2 * leastSide && box.maxY - box.minY >= leastSide) return box;
  }
  return null;
}

function drawnBox(frames: readonly FramePixels[]): Box | null {
  const [first] = frames;
  if (first === undefined) return null;
  const { rows, columns } = first;
  const seen = huesSeen(frames);
  let widest: Box | null = null;
  for (let hue = 0; hue < hues; hue += 1) {
    const bits = (1 << hue) | (1 << ((hue + 1) % hues));
    const box = traceOf((x, y) => (seen[y * columns + x]! & bits) !== 0, rows, columns);
    if (
      box !== null &&
      colouredShare(seen, columns, box) <= mostColoured &&
      box.maxX - box.minX > (widest === null ? 0 : widest.maxX - widest.minX)
    ) {
      widest = {
        minX: Math.max(0, box.minX - margin),
        minY: Math.max(0, box.minY - margin),
        maxX: Math.min(columns - 1, box.maxX + margin),
        maxY: Math.min(rows - 1, box.maxY + margin),
      };
    }
  }
  return widest;
}

/** For each pixel the hues, as bits, that it has in any frame; 0 where it is grey in all. */
function huesSeen(frames: readonly FramePixels[]): Uint16Array {
  const { rows, columns } = frames[0]!;
  const seen = new Uint16Array(rows * columns);
  for (const { data } of frames) {
    for (
      let pixel = Math.floor(rows / 2) * columns, at = 3 * pixel;
      pixel < seen.length;
      pixel += 1, at += 3
    ) {
      const [r, g, b] = [data[at]!, data[at + 1]!, data[at + 2]!];
      const most = Math.max(r, g, b);
      const chroma = most - Math.min(r, g, b);
      if (chroma < leastChroma) continue;
      const sixth = most === r ? (g - b) / chroma : most === g ? 2 + (b - r) / chroma : 4 + (r - g) / chroma;
      seen[pixel]! |= 1 << Math.floor((((sixth + 6) % 6) * hues) / 6);
    }
  }
  return seen;
}

function colouredShare(seen: Uint16Array, columns: number, { minX, minY, maxX, maxY }: Box): number {
  let coloured = 0;
  for (let y = minY; y <= maxY; y += 1)
    for (let x = minX; x <= maxX; x += 1) if (seen[y * columns + x] !== 0) coloured += 1;
  return coloured / ((maxX - minX + 1) * (maxY - minY + 1));
}

type Mask = (x: number, y: number) => boolean;

/** Box of the thin line of a mask's lower half, where there is one. */
function traceOf(isOn: Mask, rows: number, columns: number): Box | null {
  let baseline = -1;
  let most = leastBaseline * columns;
  for (let y = Math.floor(rows / 2); y < rows; y += 1) {
    let count = 0;
    for (let x = 0; x < columns; x += 1) if (isOn(x, y)) count += 1;
    if (count > most) [baseline, most] = [y, count];
  }
  if (baseline < 0) return null;
  const { box, covered } = connected(isOn, rows, columns, baseline);
  const [width, height] = [box.maxX - box.minX + 1, box.maxY - box.minY + 1];
  const isTrace =
    width >= leastWidth * columns && height <= mostHeight * rows && covered >= leastCovered * width;
  return isTrace ? box : null;
}

/** What hangs together with the pixels of a row, over small gaps. */
function connected(
  isOn: Mask,
  rows: number,
  columns: number,
  row: number,
): { readonly box: Box; readonly covered: number } {
  const reached = new Uint8Array(rows * columns);
  const open: number[] = [];
  const reach = (x: number, y: number): void => {
    if (x < 0 || y < 0 || x >= columns || y >= rows || reached[y * columns + x] === 1 || !isOn(x, y)) return;
    reached[y * columns + x] = 1;
    open.push(y * columns + x);
  };
  for (let x = 0; x < columns; x += 1) reach(x, row);
  let box: Box = { minX: columns, minY: rows, maxX: -1, maxY: -1 };
  const covered = new Set<number>();
  for (let pixel = open.pop(); pixel !== undefined; pixel = open.pop()) {
    const [x, y] = [pixel % columns, Math.floor(pixel / columns)];
    covered.add(x);
    box = {
      minX: Math.min(box.minX, x),
      minY: Math.min(box.minY, y),
      maxX: Math.max(box.maxX, x),
      maxY: Math.max(box.maxY, y),
    };
    for (let dy = -gap; dy <= gap; dy += 1) for (let dx = -gap; dx <= gap; dx += 1) reach(x + dx, y + dy);
  }
  return { box, covered: covered.size };
}
