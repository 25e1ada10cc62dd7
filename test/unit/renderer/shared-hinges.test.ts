import { describe, expect, it } from 'vitest';
import type { Trace } from '../../../core/trace/trace.ts';
import { moveHinge } from '../../../core/trace/edit.ts';
import { withCavityDrawn, withHingesMoved } from '../../../renderer/editing/shared-hinges.ts';
import { clipFacts, clipReview, halfEllipse, traceOf } from '../core/shapes.ts';

const square = { mmPerPixelX: 1, mmPerPixelY: 1 };
const cavity = traceOf(halfEllipse(120, 200, [250, 330]));
const wall = traceOf(halfEllipse(150, 220, [250, 330]));
const disc: Trace = { ...cavity, apexIndex: null };

describe('a hinge that is dragged', () => {
  const clip = {
    ...clipReview(clipFacts()),
    traces: { 'lv-cavity': { 3: cavity, 4: cavity }, 'lv-wall': { 3: wall }, 'test-disc': { 3: disc } },
  };

  it.each([
    ['first', 0],
    ['second', cavity.points.length - 1],
  ] as const)('the %s is that of every structure of the frame, and of no other frame', (hinge, index) => {
    const [x, y] = cavity.points[index]!;
    const after = moveHinge(cavity, hinge, [x + 6, y - 4]);
    const others = withHingesMoved(clip, 3, 'lv-cavity', after, index, square);
    expect(others.map(([structure]) => structure)).toEqual(['lv-wall']);
    const [[, moved]] = others as [[string, Trace]];
    const at = index === 0 ? 0 : wall.points.length - 1;
    expect(moved.points[at]![0]).toBeCloseTo(wall.points[at]![0] + 6, 9);
    expect(moved.points[at]![1]).toBeCloseTo(wall.points[at]![1] - 4, 9);
    const otherEnd = wall.points.length - 1 - at;
    expect(moved.points[otherEnd]).toEqual(wall.points[otherEnd]);
    expect(moved.source).toMatchObject({ kind: 'edited' });
    expect(withHingesMoved(clip, 4, 'lv-cavity', after, index, square)).toEqual([]);
  });
});

describe('a cavity that is drawn otherwise', () => {
  const clip = {
    ...clipReview(clipFacts()),
    traces: { 'lv-cavity': { 3: cavity }, 'lv-wall': { 3: wall }, 'test-disc': { 3: disc } },
  };

  it('takes the hinges of the others of its frame along, each by its own way', () => {
    const narrower = traceOf(halfEllipse(100, 190, [252, 336]));
    const [first, ...others] = withCavityDrawn(clip, 3, narrower, square) as [string, Trace][];
    const [structure, moved] = first!;
    expect([structure, others]).toEqual(['lv-wall', []]);
    const [before, now] = [cavity.points, narrower.points];
    for (const [end, index] of [
      [0, 0],
      [-1, wall.points.length - 1],
    ] as const) {
      const [dx, dy] = [now.at(end)![0] - before.at(end)![0], now.at(end)![1] - before.at(end)![1]];
      expect(moved.points[index]![0]).toBeCloseTo(wall.points[index]![0] + dx, 9);
      expect(moved.points[index]![1]).toBeCloseTo(wall.points[index]![1] + dy, 9);
    }
  });

  it('leaves them where its hinges stay, and where there was no cavity', () => {
    const points = cavity.points.map(([x, y], index) =>
      index === 4 ? ([x - 8, y] as const) : ([x, y] as const),
    );
    expect(withCavityDrawn(clip, 3, { ...cavity, points }, square)).toEqual([]);
    expect(withCavityDrawn(clip, 4, cavity, square)).toEqual([]);
  });
});
