import { describe, expect, it } from 'vitest';
import type { Trace } from '../../../core/trace/trace.ts';
import { moveHinge } from '../../../core/trace/edit.ts';
import { withHingesMoved } from '../../../renderer/editing/shared-hinges.ts';
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
