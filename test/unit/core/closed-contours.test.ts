import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Point } from '../../../core/geometry/point.ts';
import { polygonArea } from '../../../core/geometry/polygon.ts';
import { insertPoint, movePoint, moveWall, removePoint } from '../../../core/trace/edit.ts';
import { closedTraceFromStroke } from '../../../core/trace/from-stroke.ts';
import { traceProblem } from '../../../core/trace/problem.ts';
import { rasterizeTrace } from '../../../core/trace/rasterize.ts';
import { redrawSegment } from '../../../core/trace/redraw.ts';
import { tracePolyline } from '../../../core/trace/spline.ts';
import type { Trace } from '../../../core/trace/trace.ts';

const centre: Point = [100, 90];
const onRing = (radius: number, share: number): Point => [
  centre[0] + radius * Math.cos(2 * Math.PI * share),
  centre[1] + radius * Math.sin(2 * Math.PI * share),
];
const ring = (count = 16, radius = 40): Trace => ({
  points: Array.from({ length: count }, (_, i) => onRing(radius, i / count)),
  apexIndex: null,
  source: { kind: 'manual' },
  confidence: null,
});

describe('a contour without landmarks', () => {
  it('is a curve all round: it ends where it began and encloses what it is drawn round', () => {
    const curve = tracePolyline(ring());
    expect(curve.at(-1)).toEqual(curve[0]);
    expect(polygonArea(curve) / (Math.PI * 40 ** 2)).toBeCloseTo(1, 2);
    const inside = rasterizeTrace(ring(), 200, 200).filter((value) => value === 255).length;
    expect(inside / (Math.PI * 40 ** 2)).toBeCloseTo(1, 1);
    expect(traceProblem(ring())).toBeNull();
  });

  it('is drawn in one stroke, whose ends are joined', () => {
    const stroke = Array.from({ length: 120 }, (_, i) => onRing(40, (0.97 * i) / 119));
    const trace = closedTraceFromStroke(stroke);
    expect(trace.apexIndex).toBeNull();
    expect(polygonArea(tracePolyline(trace)) / (Math.PI * 40 ** 2)).toBeCloseTo(1, 1);
  });

  it('has no seam: what happens to it does not depend on which point is the first', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 15 }), fc.integer({ min: 1, max: 15 }), (index, turn) => {
        const turned = (trace: Trace): Trace => ({
          ...trace,
          points: [...trace.points.slice(turn), ...trace.points.slice(0, turn)],
        });
        const at = (index - turn + 16) % 16;
        const to = onRing(52, index / 16);
        const moved = movePoint(ring(), index, to);
        const other = movePoint(turned(ring()), at, to);
        expect(other.points.length).toBe(16);
        turned(moved).points.forEach(([x, y], i) => {
          expect(other.points[i]![0]).toBeCloseTo(x, 9);
          expect(other.points[i]![1]).toBeCloseTo(y, 9);
        });
        // The opposite side stays.
        expect(moved.points[(index + 8) % 16]).toEqual(ring().points[(index + 8) % 16]);
        expect(removePoint(ring(), index).points).toHaveLength(15);
      }),
    );
  });

  it('is moved as a whole, gains points on its line, and keeps at least five', () => {
    const moved = moveWall(ring(), 3, [ring().points[3]![0] + 5, ring().points[3]![1] - 7]);
    moved.points.forEach(([x, y], i) => {
      expect(x).toBeCloseTo(ring().points[i]![0] + 5, 9);
      expect(y).toBeCloseTo(ring().points[i]![1] - 7, 9);
    });
    const fuller = insertPoint(ring(), onRing(40, 15.5 / 16));
    expect(fuller.points).toHaveLength(17);
    expect(polygonArea(tracePolyline(fuller)) / polygonArea(tracePolyline(ring()))).toBeCloseTo(1, 3);
    expect(removePoint(ring(5), 2).points).toHaveLength(5);
  });

  it('is redrawn in part, over its first point too', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean(), (start, backwards) => {
        const stroke = Array.from({ length: 30 }, (_, i) => {
          const share = i / 29;
          return onRing(40 + 8 * Math.sin(Math.PI * share), start + 0.25 * share);
        });
        const drawn = redrawSegment(ring(), backwards ? stroke.toReversed() : stroke);
        expect(drawn.apexIndex).toBeNull();
        expect(traceProblem(drawn)).toBeNull();
        const distanceAt = (share: number) => {
          const [x, y] = onRing(1, share);
          const direction: Point = [x - centre[0], y - centre[1]];
          return Math.max(
            ...tracePolyline(drawn)
              .map((point): Point => [point[0] - centre[0], point[1] - centre[1]])
              .filter((point) => {
                const along = point[0] * direction[0] + point[1] * direction[1];
                return along / Math.hypot(...point) > 0.999;
              })
              .map((point) => Math.hypot(...point)),
          );
        };
        expect(distanceAt(start + 0.125)).toBeGreaterThan(45);
        expect(distanceAt(start + 0.6)).toBeLessThan(41.5);
      }),
    );
  });
});
