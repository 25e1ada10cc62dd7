import { expect, it } from 'vitest';
import { measureClip } from '../../../core/assessment/measure-clip.ts';
import { tracePolyline } from '../../../core/trace/spline.ts';
import type { Trace } from '../../../core/trace/trace.ts';
import { contourColumns } from '../../../main/export/research/contour-columns.ts';
import { contourRows, contoursOf } from '../../../main/export/research/contour-rows.ts';
import { csvOf } from '../../../main/export/research/csv.ts';
import { readCsv } from '../../fixtures/strict-csv.ts';
import { beatingTraces, clipFacts, clipReview, options } from '../core/shapes.ts';

const traces = beatingTraces(11, 20);
const ring: Trace = {
  points: [
    [10, 100],
    [50, 140],
    [10, 180],
    [5, 140],
    [6, 110],
  ],
  apexIndex: null,
  source: { kind: 'manual' },
  confidence: null,
};

it('has control points and outline of each contour, in the order of the frames', () => {
  const facts = clipFacts({ regions: [] });
  const review = { ...clipReview(facts), traces: { 'lv-cavity': traces, valve: { 7: ring } } };
  const clip = { facts, review, measured: measureClip(facts, review, options) };
  const table = readCsv(
    csvOf(
      contourColumns,
      contoursOf(clip).flatMap((one) => [...contourRows(one)]),
    ),
  );
  const of = (structure: string, frame: number) =>
    table.filter((row) => row['structure'] === structure && row['frame'] === String(frame));

  expect([...new Set(table.map(({ structure, frame }) => `${structure} ${frame}`))]).toEqual([
    ...Object.keys(traces).map((frame) => `lv-cavity ${frame}`),
    'valve 7',
  ]);
  const cavity = of('lv-cavity', 10);
  const { points, apexIndex } = traces[10]!;
  const kinds = points.map((_, point) =>
    point === apexIndex ? 'apex' : point === 0 || point === points.length - 1 ? 'hinge' : 'control',
  );
  expect(cavity.slice(0, points.length).map(({ kind }) => kind)).toEqual(kinds);
  const outline = cavity.slice(points.length);
  const line = tracePolyline(traces[10]!);
  expect(outline.map(({ kind, point }) => `${kind} ${point}`)).toEqual(line.map((_, at) => `outline ${at}`));
  outline.forEach((row, at) => {
    expect(Math.abs(Number(row['x_px']) - line[at]![0])).toBeLessThan(6e-4);
    expect(Math.abs(Number(row['y_px']) - line[at]![1])).toBeLessThan(6e-4);
  });
  expect(cavity[0]).toMatchObject({
    source: 'model',
    confidence: '0.9',
    x_mm: '',
    sx_mm: '',
    y_mm: '',
    sy_mm: '',
  });
  // Without landmarks all are control points, and the outline ends where it began.
  const closed = of('valve', 7);
  expect(closed.filter(({ kind }) => kind === 'control')).toHaveLength(ring.points.length);
  expect(closed.at(-1)).toMatchObject({ kind: 'outline', x_px: '10', y_px: '100', confidence: '' });
});
