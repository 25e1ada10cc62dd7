import type { Point } from '../geometry/point.ts';
import type { Fan } from './fan.ts';

/** A sector's outline in image pixels: two straight edges from a row at its top, and an arc below. */
export interface FanOutline extends Fan {
  /** Where the fan begins, at its apex or below. */
  readonly topY: number;
}

/** Degrees of the arc between two points of a polygon: chords leave the arc by less than a third of a pixel. */
const arcStep = 3;

/** A fan in cells as image pixels, in which (0, 0) is the centre of the first. */
export function outlineOf(fan: Fan, topRow: number, cell: number): FanOutline {
  const pixel = (edge: number): number => edge * cell - 0.5;
  return {
    apexX: pixel(fan.apexX),
    apexY: pixel(fan.apexY),
    leftAngle: fan.leftAngle,
    rightAngle: fan.rightAngle,
    radius: fan.radius * cell,
    topY: pixel(topRow),
  };
}

/**
 * The fan as a polygon, its edges, top and arc moved outwards.
 *
 * @param marginPx how far
 */
export function fanPolygon(fan: FanOutline, marginPx: number): Point[] {
  const { apexX, apexY, leftAngle, rightAngle } = fan;
  const radius = fan.radius + marginPx;
  const top = fan.topY - marginPx;
  // Edges meet above the apex once they are moved; a fan that begins below that has a straight top.
  const onEdge = (angle: number, side: 1 | -1, y: number): Point => {
    const along = (y - apexY + marginPx * Math.sin(angle)) / Math.cos(angle);
    return [apexX + side * (marginPx * Math.cos(angle) + along * Math.sin(angle)), y];
  };
  const spread = Math.tan(leftAngle) + Math.tan(rightAngle);
  const shift = marginPx / Math.cos(leftAngle) + marginPx / Math.cos(rightAngle);
  const meetY = apexY - shift / spread;
  const begin = Math.max(top, meetY);
  // Where an edge, moved, meets the arc.
  const overshoot = Math.asin(Math.min(1, marginPx / radius));
  const [first, last] = [-leftAngle - overshoot, rightAngle + overshoot];
  const steps = Math.max(2, Math.ceil(((last - first) * 180) / Math.PI / arcStep));
  const arc = Array.from({ length: steps + 1 }, (_, index): Point => {
    const angle = first + ((last - first) * index) / steps;
    // A chord's middle lies on the arc, so that nothing of the fan is cut off.
    const reach = index === 0 || index === steps ? radius : radius / Math.cos((last - first) / steps / 2);
    return [apexX + reach * Math.sin(angle), apexY + reach * Math.cos(angle)];
  });
  return [onEdge(leftAngle, -1, begin), ...arc, onEdge(rightAngle, 1, begin)];
}
