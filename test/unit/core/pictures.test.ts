import { inEnglish } from '../../../core/language/english.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { UltrasoundRegion } from '../../../core/clip/calibration.ts';
import {
  clipPictures,
  governingPicture,
  lacksPictureChoice,
  picturePlace,
  regionBox,
} from '../../../core/clip/pictures.ts';
import type { Box } from '../../../core/geometry/point.ts';

const rows = 600;
const columns = 800;

function region(box: Box, changes: Partial<UltrasoundRegion> = {}): UltrasoundRegion {
  return {
    spatialFormat: 1,
    dataType: 1,
    box,
    unitsX: 3,
    unitsY: 3,
    deltaX: 0.03,
    deltaY: 0.03,
    ...changes,
  };
}

const boxOf = (minX: number, minY: number, width: number, height: number): Box => ({
  minX,
  minY,
  maxX: minX + width - 1,
  maxY: minY + height - 1,
});
const picturesOf = (regions: readonly UltrasoundRegion[]) => clipPictures({ regions, rows, columns });

/** Any box of a fair size inside the image. */
const anyBox = fc
  .tuple(
    fc.integer({ min: 100, max: 380 }),
    fc.integer({ min: 100, max: 580 }),
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.double({ min: 0, max: 1, noNaN: true }),
  )
  .map(([width, height, x, y]) =>
    boxOf(Math.floor(x * (columns - width)), Math.floor(y * (rows - height)), width, height),
  );
/** Two boxes that do not meet, beside or below each other. */
const twoBoxes = fc
  .record({
    beside: fc.boolean(),
    split: fc.double({ min: 0.3, max: 0.7, noNaN: true }),
    gap: fc.integer({ min: 0, max: 40 }),
  })
  .map(({ beside, split, gap }): [Box, Box] => {
    const length = beside ? columns : rows;
    const first = Math.floor(split * (length - gap));
    return beside
      ? [boxOf(0, 0, first, rows), boxOf(first + gap, 0, columns - first - gap, rows)]
      : [boxOf(0, 0, columns, first), boxOf(0, first + gap, columns, rows - first - gap)];
  });
/** Regions that are no picture, wherever they lie. */
const noPicture = fc
  .record({
    box: anyBox,
    kind: fc.constantFrom([2, 1], [2, 2], [3, 3], [3, 4], [4, 10], [5, 0], [1, 14], [0, 0]),
  })
  .map(({ box, kind }) => region(box, { spatialFormat: kind[0]!, dataType: kind[1]! }));

describe('pictures of a clip', () => {
  it('are none where no region is a two-dimensional picture', () => {
    fc.assert(
      fc.property(fc.array(noPicture, { maxLength: 4 }), (regions) => {
        expect(picturesOf(regions)).toEqual([]);
        expect(lacksPictureChoice({ regions, rows, columns }, null)).toBe(false);
      }),
    );
  });

  it('are one for one region, whatever lies beside it and in whatever order', () => {
    fc.assert(
      fc.property(anyBox, fc.array(noPicture, { maxLength: 3 }), fc.boolean(), (box, others, first) => {
        const regions = first ? [region(box), ...others] : [...others, region(box)];
        expect(picturesOf(regions).map((one) => one.box)).toEqual([box]);
        expect(governingPicture({ regions, rows, columns }, null)?.box).toEqual(box);
      }),
    );
  });

  it('are one where colour lies over tissue or a region is written twice, with or without a scale', () => {
    fc.assert(
      fc.property(
        anyBox,
        fc.double({ min: 0.3, max: 0.9, noNaN: true }),
        fc.constantFrom(0.03, 0, null),
        fc.boolean(),
        (box, share, delta, colourFirst) => {
          const width = Math.round(share * (box.maxX - box.minX + 1));
          const height = Math.round(share * (box.maxY - box.minY + 1));
          const inside = boxOf(box.minX + 5, box.minY + 5, Math.min(width, 90), Math.min(height, 90));
          const colour = region(inside, { dataType: 2, deltaX: delta, deltaY: delta });
          const twice = region(box);
          const regions = colourFirst ? [colour, region(box), twice] : [region(box), twice, colour];
          expect(picturesOf(regions).map((one) => one.box)).toEqual([box]);
          expect(picturesOf(regions)[0]!.regions[0]!.dataType).toBe(1);
        },
      ),
    );
  });

  it('are two side by side or one above the other, of one scale or two, tissue or colour, until one is chosen', () => {
    fc.assert(
      fc.property(
        twoBoxes,
        fc.constantFrom(0.03, 0.06, null),
        fc.constantFrom(1, 2),
        fc.boolean(),
        ([one, other], delta, dataType, exchanged) => {
          const two = [region(one), region(other, { deltaX: delta, deltaY: delta, dataType })];
          const facts = { regions: exchanged ? two.toReversed() : two, rows, columns };
          const pictures = clipPictures(facts);
          expect(pictures.map(({ box }) => box)).toEqual([one, other]);
          expect(governingPicture(facts, null)).toBeNull();
          expect(lacksPictureChoice(facts, null)).toBe(true);
          for (const picture of pictures) {
            expect(governingPicture(facts, picture.box)).toBe(picture);
            expect(lacksPictureChoice(facts, picture.box)).toBe(false);
          }
          expect(lacksPictureChoice(facts, { ...one, maxX: one.maxX - 1 })).toBe(true);
          expect(pictures.map((picture) => inEnglish.say(picturePlace(picture, pictures)))).toEqual(
            one.maxX < other.minX ? ['left', 'right'] : ['upper', 'lower'],
          );
        },
      ),
    );
  });

  it('are two where one lies inside the other', () => {
    const overview = boxOf(20, 20, 160, 120);
    const large = boxOf(0, 0, columns, rows);
    for (const delta of [0.03, 0.12]) {
      const pictures = picturesOf([region(large), region(overview, { deltaX: delta, deltaY: delta })]);
      expect(pictures.map((picture) => inEnglish.say(picturePlace(picture, pictures)))).toEqual([
        'large',
        'inset',
      ]);
    }
    // A colour box of another scale is not over this tissue either.
    expect(picturesOf([region(large), region(overview, { dataType: 2, deltaX: 0.3 })])).toHaveLength(2);
  });

  it('are read from boxes with exchanged corners, and cut to the image', () => {
    const { minX, minY, maxX, maxY } = boxOf(50, 60, 300, 200);
    expect(picturesOf([region({ minX: maxX, minY: maxY, maxX: minX, maxY: minY })])[0]!.box).toEqual(
      regionBox(region({ minX, minY, maxX, maxY })),
    );
    expect(picturesOf([region(boxOf(0, 0, columns + 1, rows + 1))])[0]!.box).toEqual(
      boxOf(0, 0, columns, rows),
    );
  });

  it('leave out marks, empty boxes and what was written for an image of another size', () => {
    expect(
      picturesOf([
        region(boxOf(0, 0, 12, 300)),
        region({ minX: 0, minY: 0, maxX: 0, maxY: 0 }),
        region(boxOf(500, 400, 1600, 1200)),
        region(boxOf(900, 0, 300, 300)),
        region(boxOf(-600, 0, 700, 500)),
      ]),
    ).toEqual([]);
  });
});
