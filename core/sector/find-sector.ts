import type { ClipFacts, FanSides, FramePixels, Sector } from '../clip/clip.ts';
import type { UltrasoundRegion } from '../clip/calibration.ts';
import { governingPicture, regionBox } from '../clip/pictures.ts';
import type { Box } from '../geometry/point.ts';
import { clipActivity } from './activity.ts';
import { fanBounds, fitFan } from './fan.ts';
import { outlineOf, type FanOutline } from './fan-outline.ts';
import {
  close,
  maskOf,
  open,
  over,
  partsOf,
  smooth,
  type CellMap,
  type CellMask,
  type MaskPart,
} from './map.ts';
import { maskOutside } from './mask-outside.ts';
import { sectorDoubt } from './sector-doubt.ts';

/** Mean range of grey levels over which a neighbourhood moves: the dim far field does, still text does not. */
const motionThreshold = 1.2;
/** Mean grey level over which a neighbourhood shines, for stills. */
const brightnessThreshold = 10;
/** A sector is at least this share of its picture, else what was found is something else. */
const smallestShare = 0.06;
/** A part that fills its box to this share is a rectangle … */
const rectangleFill = 0.9;
/** … and, below this share of the picture, something that the scanner drew. */
const largestRectangle = 0.25;
/** How far outside the picture a region's box may lie and still be meant for it, pixels. */
const regionSlack = 2;
/** Share of what moves that a region must hold to be the sector's. */
const heldShare = 0.9;
/** A region this many times larger than the tissue in it is the screen, not the sector. */
const largestRegion = 1.8;
/** Share of a region's side by which it may exceed the fan seen in it before it is drawn in. */
const regionMargin = 0.025;

/**
 * Finds the box of the ultrasound sector in a clip, from up to a dozen of its frames.
 *
 * Models are trained on pictures that end at the sector's edge; scanners put text, an ECG, grey bars and depth
 * marks around it. Tissue moves over its whole area (in a still it shines), what surrounds it does not, is thin, or
 * lies apart. A fan fitted to the tissue gives the corners that are too dark to see. The sector is looked for inside
 * the two-dimensional picture that governs the clip (PS3.3 C.8.5.5), whatever moves beside it; that picture's region
 * is taken as it is when what is seen agrees with it.
 *
 * @param frames at least one frame, all of one size
 * @param chosen box of the picture that the reader chose, null where there is none to choose
 * @returns the box in image pixels, edges included, with what speaks against it; `frame` as source when nothing
 *   could be told
 */
export function findSector(
  frames: readonly FramePixels[],
  facts: Pick<ClipFacts, 'regions'>,
  chosen: Box | null = null,
): Sector {
  return findSectorAndFan(frames, facts, chosen).sector;
}

/** The sector as {@link findSector} finds it, and the straight sides of the fan in it; null where none were seen. */
export function findSectorAndFan(
  frames: readonly FramePixels[],
  facts: Pick<ClipFacts, 'regions'>,
  chosen: Box | null = null,
): { readonly sector: Sector; readonly fan: FanSides | null } {
  const { rows, columns } = frames[0]!;
  const whole: Box = { minX: 0, minY: 0, maxX: columns - 1, maxY: rows - 1 };
  const picture = governingPicture({ regions: facts.regions, rows, columns }, chosen);
  const shown = frames.map((frame) => maskOutside(frame, picture?.box ?? null));
  const { box, source, seen } = sectorIn(shown, picture?.regions ?? [], whole, picture?.box ?? whole);
  const evidence = { box, source, picture: whole, fan: seen?.wholeFan ?? null, tissue: seen?.box ?? null };
  const doubt = sectorDoubt(evidence);
  return {
    sector: doubt === undefined ? { box, source } : { box, source, doubt },
    fan: seen?.outline ? sidesOf(seen.outline) : null,
  };
}

/** To a hundredth of a pixel at the far end of a side: it is stored, and seen to some pixels only. */
function sidesOf({ apexX, apexY, leftAngle, rightAngle }: FanOutline): FanSides {
  const rounded = (value: number, decimals: number): number => Number(value.toFixed(decimals));
  return {
    apexX: rounded(apexX, 2),
    apexY: rounded(apexY, 2),
    leftAngle: rounded(leftAngle, 5),
    rightAngle: rounded(rightAngle, 5),
  };
}

function sectorIn(
  frames: readonly FramePixels[],
  regions: readonly UltrasoundRegion[],
  whole: Box,
  picture: Box,
): Pick<Sector, 'box' | 'source'> & { readonly seen: Tissue | null } {
  const activity = clipActivity(frames);
  const moving = tissueIn(activity.motion, motionThreshold, picture);
  const region = regions
    .map(regionBox)
    .filter((box) => fits(box, whole))
    .map((box) => intersection(box, whole)!)
    .filter((box) => area(box) >= smallestShare * area(whole))
    .filter((box) => moving === null || area(intersection(box, moving.box)) >= heldShare * area(moving.box))
    .toSorted((a, b) => area(a) - area(b))[0];
  const seen = moving ?? tissueIn(activity.brightness, brightnessThreshold, region ?? picture);
  if (region === undefined) {
    return seen === null
      ? { box: picture, source: picture === whole ? 'frame' : 'region', seen }
      : { box: sectorBox(seen, picture), source: 'pixels', seen };
  }
  if (seen === null) return { box: region, source: 'region', seen };
  const sector = sectorBox(seen, region);
  if (area(region) > largestRegion * area(sector)) return { box: sector, source: 'pixels', seen };
  return { box: seen.fan === null ? region : drawnIn(region, sector), source: 'region', seen };
}

interface Tissue {
  /** Image pixels that the tissue spans. */
  readonly box: Box;
  /** Image pixels that the fan spans whose edges the tissue follows; null when it follows none. */
  readonly fan: Box | null;
  /** The same, where it reaches beyond the picture too. */
  readonly wholeFan: Box | null;
  /** The fan itself, image pixels. */
  readonly outline: FanOutline | null;
}

/**
 * The fan that tissue fills in one picture of a clip, found as {@link findSector} finds the sector; null where its
 * edges do not show.
 *
 * @param frames at least one frame, all of one size
 * @param within box of the picture
 */
export function findFan(frames: readonly FramePixels[], within: Box): FanOutline | null {
  const activity = clipActivity(frames.map((frame) => maskOutside(frame, within)));
  const moving = tissueIn(activity.motion, motionThreshold, within);
  const seen = moving ?? tissueIn(activity.brightness, brightnessThreshold, within);
  return seen?.outline ?? null;
}

/** The largest solid part of a map inside a box; null when it is too small to be a sector. */
function tissueIn(map: CellMap, threshold: number, within: Box): Tissue | null {
  const active = over(smooth(clipped(map, threshold), 1), threshold);
  clear(active, map.cell, within);
  const longer = Math.max(map.rows, map.columns);
  const solid = open(active, Math.max(2, Math.round(longer * 0.01)));
  const { rows, columns } = map;
  // Strips, bars and logos go before gaps are closed, lest they are joined to the tissue.
  const soft = partsOf(solid).filter((part) => !isDrawn(part, rows * columns));
  const [largest] = partsOf(close(maskOf(soft, rows, columns), Math.round(longer * 0.02)));
  if (largest === undefined || largest.cells.length * map.cell ** 2 < smallestShare * area(within))
    return null;
  const part = maskOf([largest], rows, columns);
  const cells = cellBounds(part);
  const fan = fitFan(part);
  const outline = fan === null ? null : fanBounds(fan, cells, active);
  return {
    box: intersection(toPixels(cells, map.cell), within) ?? within,
    fan: outline && intersection(toPixels(outline, map.cell), within),
    wholeFan: outline && toPixels(outline, map.cell),
    outline: fan && outline && outlineOf(fan, outline.minY, map.cell),
  };
}

function sectorBox({ box, fan }: Tissue, within: Box): Box {
  return intersection(fan === null ? box : union(box, fan), within) ?? within;
}

/** Levels are cut, so that a bright thin line is not smeared into something thick. */
function clipped(map: CellMap, threshold: number): CellMap {
  const values = map.values.slice();
  const highest = 4 * threshold;
  for (let index = 0; index < values.length; index += 1) {
    if (values[index]! > highest) values[index] = highest;
  }
  return { ...map, values };
}

/** Empties the cells that lie outside a box of image pixels. */
function clear(mask: CellMask, cell: number, within: Box): void {
  for (let index = 0; index < mask.cells.length; index += 1) {
    const x = (index % mask.columns) * cell;
    const y = Math.floor(index / mask.columns) * cell;
    if (x + cell <= within.minX || x > within.maxX || y + cell <= within.minY || y > within.maxY) {
      mask.cells[index] = 0;
    }
  }
}

/** A filled rectangle that is not most of the picture: nothing that a heart is seen in. */
function isDrawn({ cells, width, height }: MaskPart, cellsOfPicture: number): boolean {
  return cells.length > rectangleFill * width * height && cells.length < largestRectangle * cellsOfPicture;
}

/** Box of a mask, as edges of cells. */
function cellBounds({ rows, columns, cells }: CellMask): Box {
  let [minX, minY, maxX, maxY] = [columns, rows, 0, 0];
  for (let index = 0; index < cells.length; index += 1) {
    if (cells[index] === 0) continue;
    const x = index % columns;
    const y = Math.floor(index / columns);
    minX = Math.min(minX, x);
    maxX = Math.max(maxX, x + 1);
    minY = Math.min(minY, y);
    maxY = Math.max(maxY, y + 1);
  }
  return { minX, minY, maxX, maxY };
}

function toPixels({ minX, minY, maxX, maxY }: Box, cell: number): Box {
  return { minX: minX * cell, minY: minY * cell, maxX: maxX * cell - 1, maxY: maxY * cell - 1 };
}

/** The region, with sides that lie well outside the fan moved in to it. */
function drawnIn(region: Box, fan: Box): Box {
  const marginX = regionMargin * (region.maxX - region.minX);
  const marginY = regionMargin * (region.maxY - region.minY);
  return {
    minX: fan.minX - region.minX > marginX ? fan.minX : region.minX,
    minY: fan.minY - region.minY > marginY ? fan.minY : region.minY,
    maxX: region.maxX - fan.maxX > marginX ? fan.maxX : region.maxX,
    maxY: region.maxY - fan.maxY > marginY ? fan.maxY : region.maxY,
  };
}

function fits(box: Box, whole: Box): boolean {
  return (
    box.minX >= whole.minX - regionSlack &&
    box.minY >= whole.minY - regionSlack &&
    box.maxX <= whole.maxX + regionSlack &&
    box.maxY <= whole.maxY + regionSlack &&
    box.maxX > box.minX &&
    box.maxY > box.minY
  );
}

function intersection(a: Box, b: Box): Box | null {
  const box = {
    minX: Math.max(a.minX, b.minX),
    minY: Math.max(a.minY, b.minY),
    maxX: Math.min(a.maxX, b.maxX),
    maxY: Math.min(a.maxY, b.maxY),
  };
  return box.maxX >= box.minX && box.maxY >= box.minY ? box : null;
}

function union(a: Box, b: Box): Box {
  return {
    minX: Math.min(a.minX, b.minX),
    minY: Math.min(a.minY, b.minY),
    maxX: Math.max(a.maxX, b.maxX),
    maxY: Math.max(a.maxY, b.maxY),
  };
}

function area(box: Box | null): number {
  return box === null ? 0 : (box.maxX - box.minX + 1) * (box.maxY - box.minY + 1);
}
