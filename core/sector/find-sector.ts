import type { ClipFacts, FramePixels, Sector } from '../clip/clip.ts';
import type { Box } from '../geometry/point.ts';
import { clipActivity } from './activity.ts';
import { fitFan } from './fan.ts';
import { close, largestPart, open, over, smooth, type CellMap, type CellMask } from './map.ts';

/** Mean range of grey levels over which a neighbourhood moves; noise of lossy compression stays below. */
const motionThreshold = 2.5;
/** Mean grey level over which a neighbourhood shines, for stills. */
const brightnessThreshold = 10;
/** A sector is at least this share of its picture, else what was found is something else. */
const smallestShare = 0.06;
/** How far outside the picture a region's box may lie and still be meant for it, pixels. */
const regionSlack = 2;
/** Share of what moves that a region must hold to be the sector's. */
const heldShare = 0.9;
/** A region this many times larger than the tissue in it is the screen, not the sector. */
const largestRegion = 1.8;
/** How far the fan's outline may reach beyond the tissue seen, as a share of its width or height. */
const largestGrowth = 0.4;

/**
 * Finds the box of the ultrasound sector in a clip, from up to a dozen of its frames.
 *
 * Models are trained on pictures that end at the sector's edge; scanners put text, an ECG, grey bars and depth
 * marks around it. Tissue moves over its whole area (in a still it shines), what surrounds it does not, is thin, or
 * lies apart. A fan fitted to the tissue gives the corners that are too dark to see. The clip's 2D tissue region
 * (PS3.3 C.8.5.5) is taken as it is when the picture agrees with it.
 *
 * @param frames at least one frame, all of one size
 * @returns the box in image pixels, edges included; `frame` as source when nothing could be told
 */
export function findSector(frames: readonly FramePixels[], facts: ClipFacts): Sector {
  const { rows, columns } = frames[0]!;
  const whole: Box = { minX: 0, minY: 0, maxX: columns - 1, maxY: rows - 1 };
  const tissue = findTissue(frames);
  const seen = tissue === null ? null : outline(tissue.mask, tissue.cell, whole);
  const regions = facts.regions
    .filter(({ spatialFormat, dataType, box }) => spatialFormat === 1 && dataType <= 2 && fits(box, whole))
    .map(({ box }) => intersection(box, whole)!)
    .filter((box) => area(box) >= smallestShare * area(whole));
  if (seen === null) {
    const [region] = regions.toSorted((a, b) => area(b) - area(a));
    return region === undefined ? { box: whole, source: 'frame' } : { box: region, source: 'region' };
  }
  const region = regions
    .filter((box) => area(intersection(box, seen.tissue)) >= heldShare * area(seen.tissue))
    .toSorted((a, b) => area(a) - area(b))[0];
  if (region === undefined) return { box: seen.sector, source: 'pixels' };
  if (area(region) <= largestRegion * area(seen.sector)) {
    return { box: tightened(region, seen.sector), source: 'region' };
  }
  return { box: intersection(seen.sector, region) ?? seen.sector, source: 'pixels' };
}

/** Where the tissue is: the largest part of what moves, or of what shines when nothing does. */
function findTissue(frames: readonly FramePixels[]): { mask: CellMask; cell: number } | null {
  const { motion, brightness } = clipActivity(frames);
  const { rows, columns, cell } = motion;
  const enough = (mask: CellMask | null): mask is CellMask =>
    mask !== null && mask.cells.reduce((sum, value) => sum + value, 0) >= smallestShare * rows * columns;
  const moving = largestSolid(motion, motionThreshold);
  if (enough(moving)) return { mask: moving, cell };
  const shining = largestSolid(brightness, brightnessThreshold);
  return enough(shining) ? { mask: shining, cell } : null;
}

function largestSolid(map: CellMap, threshold: number): CellMask | null {
  const longer = Math.max(map.rows, map.columns);
  // Clipped, so that a bright thin line is not smeared into something thick.
  const clipped = { ...map, values: map.values.map((value) => Math.min(value, 4 * threshold)) };
  const solid = open(over(smooth(clipped, 1), threshold), Math.max(2, Math.round(longer * 0.01)));
  const whole = largestPart(close(solid, Math.round(longer * 0.02)));
  return whole;
}

/** Boxes, in image pixels, of the tissue and of the fan that it fills. */
function outline(mask: CellMask, cell: number, whole: Box): { tissue: Box; sector: Box } {
  const cells = boundingBox(mask);
  const pixels = (box: Box): Box => ({
    minX: box.minX * cell,
    minY: box.minY * cell,
    maxX: box.maxX * cell - 1,
    maxY: box.maxY * cell - 1,
  });
  const tissue = intersection(pixels(cells), whole) ?? whole;
  const fan = fitFan(mask);
  if (fan === null) return { tissue, sector: tissue };
  const growX = largestGrowth * (cells.maxX - cells.minX);
  const growY = largestGrowth * (cells.maxY - cells.minY);
  const reach = {
    minX: Math.max(cells.minX - growX, fan.apexX - fan.radius * Math.sin(fan.leftAngle)),
    minY: cells.minY,
    maxX: Math.min(cells.maxX + growX, fan.apexX + fan.radius * Math.sin(fan.rightAngle)),
    maxY: Math.min(cells.maxY + growY, fan.apexY + fan.radius),
  };
  const union = {
    minX: Math.floor(Math.min(cells.minX, reach.minX)),
    minY: cells.minY,
    maxX: Math.ceil(Math.max(cells.maxX, reach.maxX)),
    maxY: Math.ceil(Math.max(cells.maxY, reach.maxY)),
  };
  return { tissue, sector: intersection(pixels(union), whole) ?? whole };
}

/** Box of a mask, as edges of cells. */
function boundingBox({ rows, columns, cells }: CellMask): Box {
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

/** The region, with sides that lie far outside the sector seen moved in to it. */
function tightened(region: Box, sector: Box): Box {
  const slackX = 0.04 * (region.maxX - region.minX);
  const slackY = 0.04 * (region.maxY - region.minY);
  return {
    minX: sector.minX - region.minX > slackX ? sector.minX : region.minX,
    minY: sector.minY - region.minY > slackY ? sector.minY : region.minY,
    maxX: region.maxX - sector.maxX > slackX ? sector.maxX : region.maxX,
    maxY: region.maxY - sector.maxY > slackY ? sector.maxY : region.maxY,
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

function area(box: Box | null): number {
  return box === null ? 0 : (box.maxX - box.minX + 1) * (box.maxY - box.minY + 1);
}
