import type { Box, Point } from '../geometry/point.ts';
import { distance, polygonArea, resamplePolyline } from '../geometry/polygon.ts';
import type { MapPlace } from './beside-cavity.ts';
import { componentBoundary, resampleClosed, smoothClosed } from './boundary.ts';
import type { Component } from './largest-component.ts';

/** Samples of the closed border, and of the part of it that becomes a contour. */
const leastSamples = 128;
const mostSamples = 512;
const lineSamples = 121;
/** Share of the border beside either hinge that is left out, so that the contour grows out of the hinge without a step. */
const leadShare = 0.01;

/** The border of an area of a map, in pixels of the image; where it leaves the picture, the picture's edge. */
export function borderInImage(
  component: Component,
  map: Float32Array,
  { rows, columns, imagePoint }: MapPlace,
  threshold: number,
  picture: Box | null = null,
): Point[] {
  const border = componentBoundary(component, map, rows, columns, threshold).map(imagePoint);
  if (picture === null) return border;
  const { minX, minY, maxX, maxY } = picture;
  return border.map(([x, y]) => [Math.min(maxX, Math.max(minX, x)), Math.min(maxY, Math.max(minY, y))]);
}

/**
 * The part of a closed border that runs from one hinge to the other and encloses more: it begins and ends exactly on the
 * hinges, wherever near them the border passes.
 *
 * @param border polygon in image pixels, in either direction
 * @param smoothing how many samples neighbours are averaged over
 * @returns dense and evenly spaced; null where nothing is left between the hinges
 */
export function borderBetweenHinges(
  border: readonly Point[],
  [first, second]: readonly [Point, Point],
  smoothing: number,
): Point[] | null {
  const count = Math.min(mostSamples, Math.max(leastSamples, border.length));
  const outline = smoothClosed(resampleClosed(border, count), smoothing);
  const [from, to] = [nearestTo(outline, first), nearestTo(outline, second)];
  if (from === to) return null;
  const forwards = part(outline, from, to);
  const backwards = part(outline, to, from).reverse();
  const area = (line: readonly Point[]): number => polygonArea([first, ...line, second]);
  const larger = area(forwards) >= area(backwards) ? forwards : backwards;
  const lead = Math.round(leadShare * count);
  const between = larger.slice(lead, larger.length - lead);
  if (between.length < 3) return null;
  // Exactly: interpolated, the last place would be rounded.
  return [...resamplePolyline([first, ...between, second], lineSamples).slice(0, -1), second];
}

function nearestTo(outline: readonly Point[], point: Point): number {
  let best = 0;
  let least = Infinity;
  for (let index = 0; index < outline.length; index++) {
    const away = distance(outline[index]!, point);
    if (away < least) [best, least] = [index, away];
  }
  return best;
}

/** From one index to another in growing order, round the end. */
function part(outline: readonly Point[], from: number, to: number): Point[] {
  return from <= to ? outline.slice(from, to + 1) : [...outline.slice(from), ...outline.slice(0, to + 1)];
}
