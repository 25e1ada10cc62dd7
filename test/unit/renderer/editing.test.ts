import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pixelAspect } from '../../../core/clip/pixel-aspect.ts';
import type { PixelSpacing, Point } from '../../../core/geometry/point.ts';
import { squarePixels } from '../../../core/geometry/proportion.ts';
import type { Trace } from '../../../core/trace/trace.ts';
import {
  endNudge,
  finish,
  idle,
  moveTo,
  nudge,
  press,
  pressDrawing,
  pressRuler,
  previewOf,
  release,
  type Gesture,
  type Seeing,
} from '../../../renderer/editing/gesture.ts';
import { gripAt, type Grip } from '../../../renderer/editing/grip.ts';
import { withoutPoint, withPointAt } from '../../../renderer/editing/reshape.ts';
import { clipFacts } from '../core/shapes.ts';

const seeing: Seeing = { spacing: squarePixels, screenPx: 1 };
/** A picture magnified so many times. */
const magnified = (times: number): Seeing => ({ spacing: squarePixels, screenPx: 1 / times });

const trace: Trace = {
  points: Array.from({ length: 13 }, (_, index): Point => {
    const angle = Math.PI - (Math.PI * index) / 12;
    return [100 + 30 * Math.cos(angle), 120 - 90 * Math.sin(angle)];
  }),
  apexIndex: 6,
  source: { kind: 'model', model: 'm', sha256: 'a' },
  confidence: 0.9,
};
const at = (index: number): Point => trace.points[index] ?? [0, 0];

describe('what the pointer is on', () => {
  it('tells hinge, apex, point and wall apart, and nothing from something', () => {
    expect(gripAt(trace, at(0), 5, squarePixels)).toEqual({ part: 'hinge', index: 0 });
    expect(gripAt(trace, at(12), 5, squarePixels)).toEqual({ part: 'hinge', index: 12 });
    expect(gripAt(trace, at(6), 5, squarePixels)).toEqual({ part: 'apex', index: 6 });
    expect(gripAt(trace, at(3), 5, squarePixels)).toEqual({ part: 'point', index: 3 });
    const between: Point = [(at(2)[0] + at(3)[0]) / 2, (at(2)[1] + at(3)[1]) / 2];
    expect(gripAt(trace, between, 5, squarePixels)?.part).toBe('wall');
    expect(gripAt(trace, [100, 80], 5, squarePixels)).toBeNull();
  });

  it('the nearest of several points is gripped, a landmark where two are equally near', () => {
    const crowded = { ...trace, points: trace.points.map(([x, y]): Point => [x / 20, y / 20]) };
    for (const [index, point] of crowded.points.entries()) {
      expect(gripAt(crowded, point, 8, squarePixels)?.index).toBe(index);
    }
    const [ax, ay] = at(5);
    const [bx, by] = at(6);
    expect(gripAt(trace, [(ax + bx) / 2, (ay + by) / 2], 20, squarePixels)).toEqual({
      part: 'apex',
      index: 6,
    });
  });

  it('reach is what the reader sees, where pixels are not square too', () => {
    const [x, y] = at(3);
    // 4 pixels on screen across and 8 down: 8 on screen are one height of a pixel, and two of its width.
    const flat = { mmPerPixelX: 0.4, mmPerPixelY: 0.8 };
    expect(gripAt(trace, [x - 2, y], 1, flat)?.part).toBe('point');
    expect(gripAt(trace, [x - 2.2, y], 1, flat)).toBeNull();
    expect(gripAt(trace, [x, y + 1.1], 1, flat)?.part).toBe('wall');
  });
});

describe('gestures', () => {
  const drag = (to: Point) => moveTo(press({ part: 'point', index: 3 }, false, trace, at(3)), to, seeing);

  it('a drag shows the moved contour and ends as one trace; the origin stays as it was', () => {
    const before = structuredClone(trace);
    const gesture = drag([at(3)[0] - 10, at(3)[1]]);
    expect(previewOf(gesture, squarePixels)?.points[3]).toEqual([at(3)[0] - 10, at(3)[1]]);
    const { gesture: after, outcome } = release(gesture, seeing);
    expect(after).toBe(idle);
    expect(outcome).toMatchObject({
      kind: 'trace',
      step: 'edit.step.moved-point',
      trace: { source: { kind: 'edited' } },
    });
    expect(trace).toEqual(before);
  });

  it('does not add up moves: back to the start is no change', () => {
    const gesture = moveTo(drag([10, 10]), at(3), seeing);
    expect(previewOf(gesture, squarePixels)?.points).toEqual(trace.points);
  });

  it('a press without movement changes nothing', () => {
    expect(release(drag(at(3)), seeing).outcome).toBeNull();
    expect(release(drag([at(3)[0] + 0.3, at(3)[1]]), seeing, true).outcome).toBeNull();
  });

  it('the smallest movement is one, also where a pixel on screen is a small part of one of the image', () => {
    const { outcome } = release(drag([at(3)[0] + 0.05, at(3)[1]]), magnified(20));
    expect(outcome?.kind === 'trace' && outcome.trace.points[3]?.[0]).toBeCloseTo(at(3)[0] + 0.05, 9);
  });

  it('a stroke keeps what is drawn in a magnified picture', () => {
    let coarse = pressDrawing(idle, [10, 10], seeing);
    let fine = pressDrawing(idle, [10, 10], magnified(10));
    for (let x = 10.1; x < 12; x += 0.1) {
      coarse = moveTo(coarse, [x, 10], seeing);
      fine = moveTo(fine, [x, 10], magnified(10));
    }
    expect(coarse.state === 'drawing' && coarse.stroke.length).toBe(1);
    expect(fine.state === 'drawing' && fine.stroke.length).toBeGreaterThan(7);
  });

  it('presses of an arrow key add up to one step', () => {
    let gesture: Gesture = idle;
    const grip = { part: 'point', index: 3 } as const;
    for (let i = 0; i < 5; i += 1) gesture = nudge(gesture, grip, trace, [0.2, 0]);
    const { outcome } = endNudge(gesture, squarePixels);
    expect(outcome).toMatchObject({ kind: 'trace', step: 'edit.step.nudged-point' });
    expect(outcome?.kind === 'trace' && outcome.trace.points[3]?.[0]).toBeCloseTo(at(3)[0] + 1, 9);
  });

  it('a freehand stroke is a contour when it is let go', () => {
    let gesture: Gesture = pressDrawing(idle, at(0), seeing);
    for (let index = 1; index < 13; index += 1) gesture = moveTo(gesture, at(index), seeing);
    expect(release(gesture, seeing).outcome).toMatchObject({
      kind: 'trace',
      trace: { source: { kind: 'manual' } },
    });
  });

  it('clicked points wait for Enter; too few are refused with words', () => {
    let gesture: Gesture = idle;
    for (const index of [0, 3, 6, 9, 12])
      gesture = release(pressDrawing(gesture, at(index), seeing), seeing).gesture;
    expect(gesture.state).toBe('drawing');
    expect(finish(gesture, squarePixels).outcome?.kind).toBe('trace');
    const one = release(pressDrawing(idle, at(0), seeing), seeing).gesture;
    expect(finish(one, squarePixels).outcome?.kind).toBe('refused');
  });

  it('a ruler is dragged, or clicked at both ends', () => {
    const dragged = moveTo(pressRuler(idle, [10, 10]), [10, 60], seeing);
    expect(release(dragged, seeing).outcome).toEqual({ kind: 'ruler', from: [10, 10], to: [10, 60] });
    const first = release(pressRuler(idle, [10, 10]), seeing);
    expect(first.outcome).toBeNull();
    expect(release(pressRuler(first.gesture, [10, 80]), seeing).outcome).toEqual({
      kind: 'ruler',
      from: [10, 10],
      to: [10, 80],
    });
  });
});

/**
 * The same heart in a picture whose pixels are `wide` times as wide as high, and uncalibrated: nothing but Pixel Aspect
 * Ratio tells of it. What a hand does to it on screen is the same in both.
 */
describe('gestures on pixels that are not square', () => {
  interface Shown {
    readonly spacing: PixelSpacing;
    readonly seeing: Seeing;
    /** From the heart in square pixels to this picture's pixels. */
    readonly place: (point: Point) => Point;
    readonly origin: Trace;
  }
  const shownWith = (wide: number): Shown => {
    const facts = clipFacts({
      ...{ regions: [], pixelSpacingMm: null },
      pixelAspectRatio: [1000, Math.round(1000 * wide)],
    });
    const spacing = { mmPerPixelX: pixelAspect(facts), mmPerPixelY: 1 };
    const place = ([x, y]: Point): Point => [x / spacing.mmPerPixelX, y];
    return {
      ...{ spacing, place, seeing: { spacing, screenPx: 0.5 } },
      origin: { ...trace, points: trace.points.map(place) },
    };
  };

  /** What a gesture leaves; its way is given in square pixels. */
  type Make = (shown: Shown) => Trace | null;
  const left = ({ outcome }: ReturnType<typeof release>): Trace | null =>
    outcome?.kind === 'trace' ? outcome.trace : null;
  const drag =
    (grip: Grip, wholeWall: boolean, [dx, dy]: Point): Make =>
    ({ seeing: how, origin, place }) => {
      const [x, y] = at(grip.index);
      const gesture = press(grip, wholeWall, origin, place([x, y]));
      return left(release(moveTo(gesture, place([x + dx, y + dy]), how), how));
    };
  const stroke =
    (points: readonly Point[], begin: (shown: Shown, first: Point) => Gesture): Make =>
    (shown) => {
      const { seeing: how, place } = shown;
      let gesture = begin(shown, place(points[0]!));
      for (const point of points.slice(1)) gesture = moveTo(gesture, place(point), how);
      return left(release(gesture, how));
    };
  const redrawing = ({ origin }: Shown, first: Point): Gesture => ({
    ...{ state: 'redrawing', origin, stroke: [first] },
  });
  const arc = (from: number, to: number, width: (t: number) => number, height: number): Point[] =>
    Array.from({ length: 80 }, (_, i) => {
      const angle = Math.PI * (from + ((to - from) * i) / 79);
      return [100 + width(i / 79) * Math.cos(angle), 120 - height * Math.sin(angle)];
    });
  const bulge = arc(0.88, 0.6, (t) => 30 + 8 * Math.sin(Math.PI * t), 90);
  const overTheApex = arc(0.8, 0.2, () => 34, 98);
  const whole = arc(1, 0, (t) => 30 + 5 * Math.sin(Math.PI * t), 90);
  const gestures: Readonly<Record<string, Make>> = {
    'a dragged point and its neighbours': drag({ part: 'point', index: 3 }, false, [-12, 4]),
    'a place on the wall': drag({ part: 'wall', index: 8 }, false, [10, -3]),
    'a hinge and its wall': drag({ part: 'hinge', index: 12 }, false, [9, 12]),
    'the apex and both walls': drag({ part: 'apex', index: 6 }, false, [14, -10]),
    'a whole wall': drag({ part: 'point', index: 9 }, true, [15, 5]),
    'a nudged point': ({ spacing, origin, place }) =>
      left(endNudge(nudge(idle, { part: 'point', index: 4 }, origin, place([-4, 2])), spacing)),
    'a part drawn over': stroke(bulge, redrawing),
    'the apex drawn over': stroke(overTheApex, redrawing),
    'a contour drawn anew': stroke(whole, ({ seeing: how }, first) => pressDrawing(idle, first, how)),
    'a point added': ({ spacing, origin, place }) => withPointAt(origin, place([69, 90]), spacing).trace,
    'the apex taken away': ({ spacing, origin }) => withoutPoint(origin, 6, spacing).trace,
  };
  const square = shownWith(1);

  for (const [name, make] of Object.entries(gestures)) {
    it(`${name}: the heart that is seen becomes the same one`, () => {
      const expected = make(square)!;
      expect(expected.points.length).toBeGreaterThan(4);
      fc.assert(
        fc.property(fc.double({ min: 0.4, max: 2.5, noNaN: true }), (wide) => {
          const shown = shownWith(wide);
          const made = make(shown)!;
          expect(made.apexIndex).toBe(expected.apexIndex);
          expect(made.points).toHaveLength(expected.points.length);
          // The spline between control points is that of the image: it differs by parts of a pixel.
          for (const [index, [x, y]] of made.points.entries()) {
            const [ex, ey] = expected.points[index]!;
            expect(Math.hypot(x * shown.spacing.mmPerPixelX - ex, y - ey)).toBeLessThan(0.75);
          }
        }),
        { numRuns: 25 },
      );
    });
  }

  it('a part is gripped from as far as it is seen to be', () => {
    for (const wide of [0.5, 1, 2]) {
      const { spacing, origin, place } = shownWith(wide);
      const [x, y] = at(3);
      const part = (dx: number, dy: number) => gripAt(origin, place([x + dx, y + dy]), 4, spacing)?.part;
      expect(part(-3.9, 0)).toBe('point');
      expect(part(-4.1, 0)).not.toBe('point');
      expect(part(0, -3.9)).toBe('point');
      expect(part(0, -4.1)).not.toBe('point');
    }
  });

  it('strokes and rulers take as much movement in every direction', () => {
    for (const wide of [0.5, 1, 2]) {
      for (const [dx, dy] of [
        [1, 0],
        [0, 1],
      ] as const) {
        const { place, seeing: how, origin } = shownWith(wide);
        const to = (length: number) => place([10 + dx * length, 10 + dy * length]);
        const points = (length: number) => {
          const gesture = moveTo(redrawing({ ...square, origin }, to(0)), to(length), how);
          return gesture.state === 'redrawing' ? gesture.stroke.length : 0;
        };
        expect([points(0.45), points(0.55)]).toEqual([1, 2]);
        const ruler = (length: number) =>
          release(moveTo(pressRuler(idle, to(0)), to(length), how), how).outcome;
        expect(ruler(3.9)).toBeNull();
        expect(ruler(4.1)?.kind).toBe('ruler');
      }
    }
  });
});
