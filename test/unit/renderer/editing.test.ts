import { describe, expect, it } from 'vitest';
import type { Point } from '../../../core/geometry/point.ts';
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
} from '../../../renderer/editing/gesture.ts';
import { gripAt } from '../../../renderer/editing/grip.ts';

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
    expect(gripAt(trace, at(0), 5)).toEqual({ part: 'hinge', index: 0 });
    expect(gripAt(trace, at(12), 5)).toEqual({ part: 'hinge', index: 12 });
    expect(gripAt(trace, at(6), 5)).toEqual({ part: 'apex', index: 6 });
    expect(gripAt(trace, at(3), 5)).toEqual({ part: 'point', index: 3 });
    const between: Point = [(at(2)[0] + at(3)[0]) / 2, (at(2)[1] + at(3)[1]) / 2];
    expect(gripAt(trace, between, 5)?.part).toBe('wall');
    expect(gripAt(trace, [100, 80], 5)).toBeNull();
  });

  it('the nearest of several points is gripped, a landmark where two are equally near', () => {
    const crowded = { ...trace, points: trace.points.map(([x, y]): Point => [x / 20, y / 20]) };
    for (const [index, point] of crowded.points.entries()) {
      expect(gripAt(crowded, point, 8)?.index).toBe(index);
    }
    const [ax, ay] = at(5);
    const [bx, by] = at(6);
    expect(gripAt(trace, [(ax + bx) / 2, (ay + by) / 2], 20)).toEqual({ part: 'apex', index: 6 });
  });

  it('reach is what the reader sees, where pixels are not square too', () => {
    const [x, y] = at(3);
    const seen = ([ax, ay]: Point, [bx, by]: Point) => Math.hypot((ax - bx) * 4, (ay - by) * 8);
    expect(gripAt(trace, [x - 2, y], 8, seen)?.part).toBe('point');
    expect(gripAt(trace, [x - 2.2, y], 8, seen)).toBeNull();
    expect(gripAt(trace, [x, y + 1.1], 8, seen)?.part).toBe('wall');
  });
});

describe('gestures', () => {
  const drag = (to: Point) => moveTo(press({ part: 'point', index: 3 }, false, trace, at(3)), to);

  it('a drag shows the moved contour and ends as one trace; the origin stays as it was', () => {
    const before = structuredClone(trace);
    const gesture = drag([at(3)[0] - 10, at(3)[1]]);
    expect(previewOf(gesture, null)?.points[3]).toEqual([at(3)[0] - 10, at(3)[1]]);
    const { gesture: after, outcome } = release(gesture, null);
    expect(after).toBe(idle);
    expect(outcome).toMatchObject({
      kind: 'trace',
      label: 'moved a point',
      trace: { source: { kind: 'edited' } },
    });
    expect(trace).toEqual(before);
  });

  it('does not add up moves: back to the start is no change', () => {
    const gesture = moveTo(drag([10, 10]), at(3));
    expect(previewOf(gesture, null)?.points).toEqual(trace.points);
  });

  it('a press without movement changes nothing', () => {
    expect(release(drag(at(3)), null).outcome).toBeNull();
    expect(release(drag([at(3)[0] + 0.3, at(3)[1]]), null, 1, true).outcome).toBeNull();
  });

  it('the smallest movement is one, also where a pixel on screen is a small part of one of the image', () => {
    const { outcome } = release(drag([at(3)[0] + 0.05, at(3)[1]]), null, 0.05);
    expect(outcome?.kind === 'trace' && outcome.trace.points[3]?.[0]).toBeCloseTo(at(3)[0] + 0.05, 9);
  });

  it('a stroke keeps what is drawn in a magnified picture', () => {
    let coarse = pressDrawing(idle, [10, 10]);
    let fine = pressDrawing(idle, [10, 10], 0.1);
    for (let x = 10.1; x < 12; x += 0.1) {
      coarse = moveTo(coarse, [x, 10]);
      fine = moveTo(fine, [x, 10], 0.1);
    }
    expect(coarse.state === 'drawing' && coarse.stroke.length).toBe(1);
    expect(fine.state === 'drawing' && fine.stroke.length).toBeGreaterThan(7);
  });

  it('presses of an arrow key add up to one step', () => {
    let gesture: Gesture = idle;
    const grip = { part: 'point', index: 3 } as const;
    for (let i = 0; i < 5; i += 1) gesture = nudge(gesture, grip, trace, [0.2, 0]);
    const { outcome } = endNudge(gesture, null);
    expect(outcome).toMatchObject({ kind: 'trace', label: 'nudged a point' });
    expect(outcome?.kind === 'trace' && outcome.trace.points[3]?.[0]).toBeCloseTo(at(3)[0] + 1, 9);
  });

  it('a freehand stroke is a contour when it is let go', () => {
    let gesture: Gesture = pressDrawing(idle, at(0));
    for (let index = 1; index < 13; index += 1) gesture = moveTo(gesture, at(index));
    expect(release(gesture, null).outcome).toMatchObject({
      kind: 'trace',
      trace: { source: { kind: 'manual' } },
    });
  });

  it('clicked points wait for Enter; too few are refused with words', () => {
    let gesture: Gesture = idle;
    for (const index of [0, 3, 6, 9, 12]) gesture = release(pressDrawing(gesture, at(index)), null).gesture;
    expect(gesture.state).toBe('drawing');
    expect(finish(gesture).outcome?.kind).toBe('trace');
    const one = release(pressDrawing(idle, at(0)), null).gesture;
    expect(finish(one).outcome?.kind).toBe('refused');
  });

  it('a ruler is dragged, or clicked at both ends', () => {
    const dragged = moveTo(pressRuler(idle, [10, 10]), [10, 60]);
    expect(release(dragged, null).outcome).toEqual({ kind: 'ruler', from: [10, 10], to: [10, 60] });
    const first = release(pressRuler(idle, [10, 10]), null);
    expect(first.outcome).toBeNull();
    expect(release(pressRuler(first.gesture, [10, 80]), null).outcome).toEqual({
      kind: 'ruler',
      from: [10, 10],
      to: [10, 80],
    });
  });
});
