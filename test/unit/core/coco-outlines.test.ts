import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { measureClip } from '../../../core/assessment/measure-clip.ts';
import { claimsToBeCoco, cocoOutlines, type CocoOutlines } from '../../../core/document/coco-outlines.ts';
import { fittedTrace, readingChanges } from '../../../core/document/reading-changes.ts';
import type { Point } from '../../../core/geometry/point.ts';
import { initialReview } from '../../../core/review/initial.ts';
import { rasterizeTrace } from '../../../core/trace/rasterize.ts';
import { endingOn } from '../../../core/trace/shared-ends.ts';
import { hasLandmarks, type Trace } from '../../../core/trace/trace.ts';
import { cocoOf } from '../../../main/export/research/coco.ts';
import { dice } from './dice.ts';
import {
  atriaBelow,
  beatingTraces,
  clipFacts,
  clipReview,
  options,
  studyFacts,
  wallsAround,
  withRoomBelow,
} from './shapes.ts';

const facts = clipFacts(withRoomBelow);
const cavities = beatingTraces(40, 20, { source: { kind: 'manual' } });
/** On the hinges of the cavity, as walls are drawn. */
const walls: Record<number, Trace> = Object.fromEntries(
  Object.entries(wallsAround(cavities)).map(([frame, wall]) => [
    frame,
    endingOn(wall, cavities[Number(frame)]!),
  ]),
);
const traces = {
  'lv-cavity': cavities,
  'lv-wall': walls,
  'left-atrium': atriaBelow(cavities),
};
const review = { ...clipReview(facts), traces };
const exported = () =>
  JSON.parse(
    JSON.stringify(
      cocoOf([{ facts, review, measured: measureClip(facts, review, options) }], {
        studyUid: '1.2',
        softwareVersion: '1',
      }),
    ),
  ) as {
    images: Record<string, unknown>[];
    annotations: Record<string, unknown>[];
    categories: { id: number; name: string }[];
  };

function read(document: unknown): CocoOutlines {
  const outlines = cocoOutlines(document);
  if (typeof outlines === 'string') throw new Error(outlines);
  return outlines;
}

const square: readonly number[] = [10, 10, 60, 10, 60, 60, 10, 60, 5, 30];
const small = (changes: Record<string, unknown> = {}, image: Record<string, unknown> = {}) => ({
  images: [{ id: 1, file_name: '1.2.3/frame_000004.png', width: 500, height: 400, ...image }],
  categories: [{ id: 1, name: 'lv-cavity' }],
  annotations: [{ id: 1, image_id: 1, category_id: 1, segmentation: [square], ...changes }],
});

describe('outlines of a COCO file', () => {
  it('give back what was exported: every contour on its frame, with its mask and its EF', () => {
    const { outlines, leftOut } = read(exported());
    expect(leftOut).toEqual([]);
    expect(outlines).toHaveLength(3 * 40);
    const fitted: Record<string, Record<number, Trace>> = {};
    const ordered = outlines.toSorted(
      (a, b) => Number(a.structure !== 'lv-cavity') - Number(b.structure !== 'lv-cavity'),
    );
    for (const { structure, frame, outline, sopInstanceUid } of ordered) {
      expect(sopInstanceUid).toBe(facts.sopInstanceUid);
      const cavity = fitted['lv-cavity']?.[frame] ?? null;
      const trace = fittedTrace({ structure, outline }, facts, review, cavity)!;
      expect(trace).toMatchObject({ source: { kind: 'fitted' }, confidence: null });
      (fitted[structure] ??= {})[frame] = trace;
      const own = traces[structure as keyof typeof traces][frame]!;
      const [mask, ownMask] = [trace, own].map((one) => rasterizeTrace(one, facts.rows, facts.columns));
      expect(dice(mask!, ownMask!), structure).toBeGreaterThan(0.99);
    }
    const again = { ...review, traces: fitted };
    const [before, after] = [review, again].map((one) => measureClip(facts, one, options).measurements);
    const number = (measurements: typeof before, name: string) =>
      measurements!.find((one) => one.name === name && one.beat === null)!.value;
    expect(Math.abs(number(after, 'EF') - number(before, 'EF'))).toBeLessThan(0.3);
    for (const name of ['LV area ED', 'LV area ES']) {
      expect(Math.abs(number(after, name) / number(before, name) - 1)).toBeLessThan(0.005);
    }
  });

  it('are read as CVAT writes them: renamed, renumbered, without what it does not know, in folders', () => {
    const { images, annotations, categories } = exported();
    const cvat = {
      licenses: [{ name: '', id: 0, url: '' }],
      info: { contributor: '', date_created: '', description: '', url: '', version: '', year: '' },
      categories: [...categories].reverse().map(({ id, name }) => ({ id: 10 - id, name, supercategory: '' })),
      images: images.map(({ id, width, height, file_name }) => ({
        ...{
          id: 1000 - (id as number),
          width,
          height,
          file_name: `default\\${String(file_name).replace('/', '\\')}`,
        },
        ...{ license: 0, flickr_url: '', coco_url: '', date_captured: 0 },
      })),
      annotations: annotations.map(({ image_id, category_id, segmentation, area, bbox }, index) => ({
        ...{
          id: index + 1,
          image_id: 1000 - (image_id as number),
          category_id: 10 - (category_id as number),
        },
        ...{ segmentation, area, bbox, iscrowd: 0, attributes: { occluded: false } },
      })),
    };
    expect(read(cvat)).toEqual(read(exported()));
  });

  it('are half a pixel off, and closed by hand as well', () => {
    expect(read(small()).outlines[0]).toEqual({
      ...{ sopInstanceUid: '1.2.3', frame: 4, structure: 'lv-cavity', size: { rows: 400, columns: 500 } },
      outline: [
        [9.5, 9.5],
        [59.5, 9.5],
        [59.5, 59.5],
        [9.5, 59.5],
        [4.5, 29.5],
      ],
    });
  });

  it.each([
    ['Left Ventricle', 'lv-cavity'],
    ['LV_endo', 'lv-cavity'],
    ['LVepi', 'lv-wall'],
    ['LA', 'left-atrium'],
    ['left_atrium', 'left-atrium'],
  ])('knows what %s is', (name, structure) => {
    const document = { ...small(), categories: [{ id: 1, name }] };
    expect(read(document).outlines[0]).toMatchObject({ structure });
  });

  it.each([
    ['1.2.3/frame_000012.PNG', 12],
    ['images/Test/1.2.3/0012.png', 12],
    ['C:\\loops\\1.2.3\\frame_12.jpg', 12],
  ])('finds clip and frame in %s', (file_name, frame) => {
    expect(read(small({}, { file_name })).outlines[0]).toMatchObject({ sopInstanceUid: '1.2.3', frame });
  });

  it.each([
    ['frame_000012.png', 'names no clip and frame'],
    ['../../etc/passwd', 'names no clip and frame'],
    ['1.2.3/portrait.png', 'names no clip and frame'],
    [`${'1.'.repeat(40)}3/frame_000001.png`, 'names no clip and frame'],
  ])('leaves a picture called %s out', (file_name, reason) => {
    const { outlines, leftOut } = read(small({}, { file_name }));
    expect(outlines).toEqual([]);
    expect(leftOut).toMatchObject([{ reason: expect.stringContaining(reason), annotations: 1 }]);
  });

  it('takes our own attributes of an image for a path that says nothing', () => {
    const image = { file_name: 'x', sop_uid: '1.2.9', frame: 3 };
    expect(read(small({}, image)).outlines[0]).toMatchObject({ sopInstanceUid: '1.2.9', frame: 3 });
  });

  it.each([
    [{ category_id: 7 }, 'no such category'],
    [{ image_id: 7 }, 'no such image'],
    [{ segmentation: { counts: [1, 2], size: [2, 2] } }, 'a mask and no polygon'],
    [{ segmentation: [] }, 'has no polygon'],
    [{ segmentation: [square, square] }, 'several polygons'],
    [{ segmentation: [[...square, 1]] }, 'odd number'],
    [{ segmentation: [[...square, 1e300, 1]] }, 'a mask and no polygon'],
    [{ segmentation: 'runs' }, 'a mask and no polygon'],
  ])('counts what it leaves out: %j', (changes, reason) => {
    expect(read(small(changes)).leftOut).toMatchObject([
      { reason: expect.stringContaining(reason), annotations: 1 },
    ]);
  });

  it('leaves a ring and a second outline of the same out', () => {
    const document = small();
    expect(read({ ...document, categories: [{ id: 1, name: 'myocardium' }] }).leftOut[0]?.reason).toContain(
      '"myocardium" is no structure',
    );
    const twice = { ...document, annotations: [...document.annotations, ...document.annotations] };
    expect(read(twice)).toMatchObject({
      ...{ outlines: [{ frame: 4 }], leftOut: [{ annotations: 1 }] },
    });
  });

  it('says where a file is wrong, and claims nothing of others', () => {
    expect(cocoOutlines(small({}, { width: -1 }))).toMatch(/^images\.0\.width: /);
    expect(cocoOutlines(small({ image_id: 'a' }))).toMatch(/^annotations\.0\.image_id: /);
    for (const other of [null, 3, 'x', [], {}, { images: [], annotations: [] }, { clips: [] }]) {
      expect(claimsToBeCoco(other)).toBe(false);
    }
    expect(claimsToBeCoco(small())).toBe(true);
    expect(cocoOutlines(null)).toMatch(/./);
  });

  it('never throw, whatever JSON they are', () => {
    fc.assert(
      fc.property(
        fc.record({ images: fc.jsonValue(), annotations: fc.jsonValue(), categories: fc.jsonValue() }),
        fc.jsonValue(),
        (document, segmentation) => {
          cocoOutlines(document);
          const read = cocoOutlines(small({ segmentation }));
          if (typeof read === 'string') return;
          for (const region of read.outlines) fittedTrace(region, facts, review, null);
        },
      ),
    );
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(fc.double({ min: -600, max: 600, noNaN: true }), fc.integer({ min: -9, max: 600 })),
          {
            maxLength: 40,
          },
        ),
        (polygon) => {
          const { outlines } = read(small({ segmentation: [polygon.flat()] }));
          for (const region of outlines) fittedTrace(region, facts, review, null);
        },
      ),
    );
  });

  it('fit no clip of another size', () => {
    const clip = { ...clipFacts(), sopInstanceUid: '1.2.3' };
    const study = initialReview(studyFacts(), [clip]);
    const half: Point[] = cavities[4]!.points.map(([x, y]) => [x, y]);
    const segmentation = [half.flatMap(([x, y]) => [x + 0.5, y + 0.5])];
    const regions = (width: number) => read(small({ segmentation }, { width })).outlines;
    const changes = (width: number) =>
      readingChanges(study, [clip], '2.25.1', { kind: 'fitted', regions: regions(width), leftOut: 0 });
    expect(changes(500)).toMatchObject({ contours: 1, leftOut: 0 });
    const [change] = changes(500).changes;
    expect(change?.slot === 'trace' && change.after !== null && hasLandmarks(change.after)).toBe(true);
    expect(changes(499)).toMatchObject({ contours: 0, leftOut: 1, changes: [] });
  });
});
