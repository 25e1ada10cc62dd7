import type { Box } from '../geometry/point.ts';
import type { CellMask } from './map.ts';

/** A sector's outline, in cells: two straight edges that meet in a virtual apex above, and an arc below. */
export interface Fan {
  readonly apexX: number;
  readonly apexY: number;
  /** Angles of the edges from straight down, radians. */
  readonly leftAngle: number;
  readonly rightAngle: number;
  /** From the apex to the arc. */
  readonly radius: number;
}

interface Edge {
  readonly angle: number;
  /** Signed distance of the line from the origin, along its outward normal. */
  readonly offset: number;
}

/** Angles of an edge that phased arrays show, degrees from straight down. */
const smallestAngle = 20;
const largestAngle = 60;
const angleStep = 0.5;
/** Share of the mask's height over which its border must follow an edge for the edge to be believed. */
const followedShare = 0.3;
/** How far, in cells, the border may stray from its edge. */
const tolerance = 2;
/** How far the fan's corners may lie beyond the tissue seen, as a share of its width. */
const largestGrowth = 0.4;
/** Share of a row between the edges that must be active for the tip to reach up to it. */
const tipShare = 0.4;
/** Share of the radius by which a tip may fall short of the apex and still be a pointed one, too dark to see. */
const pointedShare = 0.05;
/** Share of border points that may lie outside the edge: specks that the opening left. */
const outliers = 0.03;

/**
 * Fits a fan to a mask of tissue. Lateral tissue deep in the sector is often black, but the upper edges show and,
 * with the depth, say where the corners must be.
 * @returns null when the border has no two straight edges, as in a linear probe's picture or one that is cut off
 */
export function fitFan(mask: CellMask): Fan | null {
  const border = borderPoints(mask);
  if (border.length < 20) return null;
  const top = Math.min(...border.map(({ y }) => y));
  const bottom = Math.max(...border.map(({ y }) => y));
  const height = bottom - top + 1;
  const left = fitEdge(
    border.map(({ left: x, y }) => ({ x: -x, y })),
    height,
  );
  const right = fitEdge(
    border.map(({ right: x, y }) => ({ x, y })),
    height,
  );
  if (left === null || right === null) return null;
  // −x·cosL − y·sinL = offsetL and x·cosR − y·sinR = offsetR meet in the apex.
  const [cosL, sinL] = [Math.cos(left.angle), Math.sin(left.angle)];
  const [cosR, sinR] = [Math.cos(right.angle), Math.sin(right.angle)];
  const apexY = -(left.offset * cosR + right.offset * cosL) / (sinL * cosR + sinR * cosL);
  const apexX = -(left.offset + apexY * sinL) / cosL;
  const radius = bottom + 1 - apexY;
  const believable = radius > 0 && radius < 1.6 * height && apexX > 0 && apexX < mask.columns;
  return believable ? { apexX, apexY, leftAngle: left.angle, rightAngle: right.angle, radius } : null;
}

/**
 * Box, as edges of cells, of the fan between its corners, from its tip to its arc.
 * @param tissue box of the mask that the fan was fitted to
 * @param active cells before thin parts were removed; the tip is thin
 */
export function fanBounds(fan: Fan, tissue: Box, active: CellMask): Box {
  const growth = largestGrowth * (tissue.maxX - tissue.minX);
  return {
    minX: Math.floor(Math.max(tissue.minX - growth, fan.apexX - fan.radius * Math.sin(fan.leftAngle))),
    minY: tipRow(fan, tissue.minY, active),
    maxX: Math.ceil(Math.min(tissue.maxX + growth, fan.apexX + fan.radius * Math.sin(fan.rightAngle))),
    maxY: tissue.maxY,
  };
}

/** The topmost row that the fan's active cells reach in one go from below; the apex where they all but reach it. */
function tipRow(fan: Fan, from: number, active: CellMask): number {
  let top = from;
  for (let row = from - 1; row >= 0 && row + 1 > fan.apexY; row -= 1) {
    const depth = row + 1 - fan.apexY;
    const first = Math.max(0, Math.floor(fan.apexX - depth * Math.tan(fan.leftAngle)));
    const last = Math.min(active.columns - 1, Math.floor(fan.apexX + depth * Math.tan(fan.rightAngle)));
    let sum = 0;
    for (let x = first; x <= last; x += 1) sum += active.cells[row * active.columns + x]!;
    if (sum < tipShare * (last - first + 1)) break;
    top = row;
  }
  const pointed = top - fan.apexY <= pointedShare * fan.radius;
  return pointed ? Math.max(0, Math.min(top, Math.floor(fan.apexY))) : top;
}

/** First and last cell of each row, as edges of cells. */
function borderPoints(mask: CellMask): { left: number; right: number; y: number }[] {
  const points = [];
  for (let row = 0; row < mask.rows; row += 1) {
    const line = mask.cells.subarray(row * mask.columns, (row + 1) * mask.columns);
    const first = line.indexOf(1);
    if (first >= 0) points.push({ left: first, right: line.lastIndexOf(1) + 1, y: row + 0.5 });
  }
  return points;
}

/**
 * The straight edge on the right of a set of points, running down and outwards: the angle whose supporting line
 * the points follow longest.
 */
function fitEdge(points: readonly { x: number; y: number }[], height: number): Edge | null {
  let best: (Edge & { followed: number }) | null = null;
  for (let degrees = smallestAngle; degrees <= largestAngle; degrees += angleStep) {
    const angle = (degrees * Math.PI) / 180;
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    const distances = points.map(({ x, y }) => x * cos - y * sin);
    const offset = distances.toSorted((a, b) => b - a)[Math.floor(points.length * outliers)]!;
    const followed = distances.filter((distance) => Math.abs(distance - offset) <= tolerance).length;
    if (best === null || followed > best.followed) best = { angle, offset, followed };
  }
  return best !== null && best.followed >= followedShare * height ? best : null;
}
