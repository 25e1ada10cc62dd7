import type { PixelSpacing, Point } from '../geometry/point.ts';
import { distance } from '../geometry/polygon.ts';
import { defaultSamplesPerSegment, tracePolyline } from '../trace/spline.ts';
import type { LandmarkedTrace } from '../trace/trace.ts';
import { inMillimetres } from '../volume/long-axis.ts';

/**
 * A contour by its own parameter: 0 at the first hinge, 1 at the apex, 2 at the second hinge, in shares of the length of
 * either wall. The same parameter on contours of other frames is, as far as a contour can tell, the same piece of wall.
 */
export class ContourCurve {
  /** Millimetres from the image's origin. */
  readonly #points: readonly Point[];
  readonly #parameters: readonly number[];

  /** @param spacing mm per pixel, or the pixels' proportions alone, which are then the unit */
  constructor(trace: LandmarkedTrace, spacing: PixelSpacing) {
    this.#points = inMillimetres(tracePolyline(trace), spacing);
    const lengths = [0];
    for (let i = 1; i < this.#points.length; i++) {
      lengths.push(lengths[i - 1]! + distance(this.#points[i - 1]!, this.#points[i]!));
    }
    const toApex = lengths[trace.apexIndex * defaultSamplesPerSegment]!;
    const whole = lengths.at(-1)!;
    this.#parameters = lengths.map((length) =>
      length <= toApex ? share(length, toApex) : 1 + share(length - toApex, whole - toApex),
    );
  }

  /** Parameter of a control point. */
  parameterOf(controlPoint: number): number {
    return this.#parameters[controlPoint * defaultSamplesPerSegment]!;
  }

  /** mm */
  pointAt(parameter: number): Point {
    const after = this.#after(parameter);
    const [ax, ay] = this.#points[after - 1]!;
    const [bx, by] = this.#points[after]!;
    const from = this.#parameters[after - 1]!;
    const t = share(parameter - from, this.#parameters[after]! - from);
    return [ax + t * (bx - ax), ay + t * (by - ay)];
  }

  /** Unit vector along the contour, over a piece long enough not to follow every bend of the curve. */
  tangentAt(parameter: number): Point {
    const from = this.pointAt(Math.max(0, parameter - tangentReach));
    const to = this.pointAt(Math.min(2, parameter + tangentReach));
    const length = distance(from, to);
    return length > 0 ? [(to[0] - from[0]) / length, (to[1] - from[1]) / length] : [1, 0];
  }

  /** Index of the first point behind a parameter, at least 1. */
  #after(parameter: number): number {
    let low = 1;
    let high = this.#parameters.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#parameters[middle]! < parameter) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

const tangentReach = 0.06;

function share(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}
