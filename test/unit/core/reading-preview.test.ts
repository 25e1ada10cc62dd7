import { expect, it } from 'vitest';
import { isSameContour } from '../../../core/trace/same-contour.ts';
import { isByReader, isWithoutModel } from '../../../core/trace/trace.ts';
import { traceFromOutline } from '../../../core/trace/from-outline.ts';
import { tracePolyline } from '../../../core/trace/spline.ts';
import { manualTrace } from '../../fixtures/library/facts.ts';
import { edited } from '../../../core/trace/edit.ts';

const own = manualTrace(40);

it('a contour that was fitted to another one is the same to whoever looks at it', () => {
  const back = traceFromOutline([...tracePolyline(own, 24)])!;
  expect(back.points).not.toEqual(own.points);
  expect(isSameContour(own, back)).toBe(true);
  const moved = { ...own, points: own.points.map(([x, y]) => [x + 1, y] as const) };
  expect(isSameContour(own, moved)).toBe(false);
  // A dent that one of both has alone.
  const dented = {
    ...own,
    points: own.points.map((point, index) => (index === 3 ? ([point[0] + 3, point[1]] as const) : point)),
  };
  expect(isSameContour(own, dented)).toBe(false);
  expect(isSameContour(dented, own)).toBe(false);
});

it('a fitted contour is no model’s and no run changes it; corrected, it is still no model’s', () => {
  const fitted = { ...own, source: { kind: 'fitted' } as const };
  expect([isByReader(fitted), isWithoutModel(fitted)]).toEqual([true, true]);
  const corrected = edited(fitted, fitted.points);
  expect(corrected.source).toEqual({ kind: 'edited', from: 'manual' });
  expect(isWithoutModel(corrected)).toBe(true);
});
