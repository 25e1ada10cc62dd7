import { describe, expect, it } from 'vitest';
import { measureClip } from '../../../core/assessment/measure-clip.ts';
import type { Point } from '../../../core/geometry/point.ts';
import { polygonArea } from '../../../core/geometry/polygon.ts';
import type { Trace } from '../../../core/trace/trace.ts';
import { rasterizePolygon, rasterizeTrace } from '../../../core/trace/rasterize.ts';
import { cocoOf } from '../../../main/export/research/coco.ts';
import { dice } from '../core/dice.ts';
import { beatingTraces, clipFacts, clipReview, options } from '../core/shapes.ts';

const traces = beatingTraces(40, 20);
const facts = clipFacts();

function setOf(structures: Readonly<Record<string, Readonly<Record<number, Trace>>>>) {
  const review = { ...clipReview(facts), traces: structures };
  const clip = { facts, review, measured: measureClip(facts, review, options) };
  return cocoOf([clip], { studyUid: '1.2', softwareVersion: '1' });
}

/** A closed contour whose left half is outside the picture. */
const ring: Trace = {
  points: [
    [0, 100],
    [40, 140],
    [0, 180],
    [-40, 140],
    [-30, 110],
  ],
  apexIndex: null,
  source: { kind: 'propagated', from: [3], way: 'displacement', model: 'm', sha256: '0'.repeat(64) },
  confidence: 0.25,
};

describe('a COCO data set', () => {
  it('refers to what it has, and numbers each thing once', () => {
    const { images, annotations, categories, info } = setOf({ 'lv-cavity': traces, valve: { 12: ring } });
    expect(info['description']).toContain('Research use only. Not for diagnostic use.');
    for (const list of [images, annotations, categories]) {
      expect(list.map(({ id }) => id)).toEqual(list.map((_, index) => index + 1));
    }
    expect(categories.map(({ name }) => name)).toEqual(['lv-cavity', 'lv-wall', 'left-atrium', 'valve']);
    expect(images).toHaveLength(40);
    expect(annotations).toHaveLength(41);
    for (const { image_id, category_id, iscrowd } of annotations) {
      expect(images.some(({ id }) => id === image_id)).toBe(true);
      expect(categories.some(({ id }) => id === category_id)).toBe(true);
      expect(iscrowd).toBe(0);
    }
    expect(annotations.at(-1)).toMatchObject({
      ...{ category_id: 4, image_id: 13 },
      attributes: { track_id: 2, phase: null, source: 'propagated', confidence: 0.25 },
    });
    expect(annotations.filter(({ attributes }) => attributes['phase'] === 'es').length).toBeGreaterThan(0);
  });

  it('holds each contour in corner coordinates, cut off at the picture', () => {
    const { annotations } = setOf({ 'lv-cavity': { 3: traces[3]! }, valve: { 7: ring } });
    for (const [index, trace] of [traces[3]!, ring].entries()) {
      const { segmentation, area, bbox } = annotations[index]!;
      const polygon = pairs(segmentation[0]!);
      const [x, y, width, height] = bbox;
      expect(Math.min(...polygon.map((point) => point[0]))).toBe(x);
      expect(Math.max(...polygon.map((point) => point[1]))).toBeCloseTo(y + height, 9);
      expect(x >= 0 && y >= 0 && x + width <= facts.columns && y + height <= facts.rows).toBe(true);
      expect(area).toBeCloseTo(polygonArea(polygon), 2);
      const centred = polygon.map(([px, py]): Point => [px - 0.5, py - 0.5]);
      const own = rasterizeTrace(trace, facts.rows, facts.columns);
      expect(dice(rasterizePolygon(centred, facts.rows, facts.columns), own)).toBeGreaterThan(0.999);
    }
    expect(annotations[1]!.bbox[0]).toBe(0);
  });

  it('leaves out what lies outside the picture, and its frame with it', () => {
    const away = { ...ring, points: ring.points.map(([x, y]): Point => [x - 500, y]) };
    expect(setOf({ valve: { 7: away } })).toMatchObject({ images: [], annotations: [] });
  });
});

function pairs(flat: readonly number[]): Point[] {
  return Array.from({ length: flat.length / 2 }, (_, index) => [flat[2 * index]!, flat[2 * index + 1]!]);
}
