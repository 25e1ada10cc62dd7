import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Point } from '../../../core/geometry/point.ts';
import {
  asRecorded,
  brightnessOf,
  contrastOf,
  draggedWindow,
  greyPresets,
  isAsRecorded,
  levelTable,
  limited,
  windowOf,
} from '../../../renderer/viewing/grey-window.ts';
import { loupeCorner, loupeSide } from '../../../renderer/viewing/loupe.ts';
import {
  fitted,
  largestZoom,
  leastZoom,
  pannedBy,
  placePicture,
  toElement,
  toImage,
  wheelFactor,
  zoomedAt,
  type ElementSize,
  type PlacedPicture,
  type Viewing,
} from '../../../renderer/viewing/placement.ts';
import { fitBox, sampledFrames } from '../../../renderer/viewing/sector-fit.ts';

const near = (a: Point, b: Point, tolerance = 1e-6) => {
  expect(a[0]).toBeCloseTo(b[0], -Math.log10(tolerance));
  expect(a[1]).toBeCloseTo(b[1], -Math.log10(tolerance));
};

const whole: PlacedPicture = { columns: 100, rows: 50, fit: null, pixelAspect: 1 };

const pictures = fc
  .record({
    columns: fc.integer({ min: 40, max: 1600 }),
    rows: fc.integer({ min: 40, max: 1200 }),
    left: fc.double({ min: 0, max: 0.5, noNaN: true }),
    top: fc.double({ min: 0, max: 0.5, noNaN: true }),
    width: fc.double({ min: 0.2, max: 0.5, noNaN: true }),
    height: fc.double({ min: 0.2, max: 0.5, noNaN: true }),
    sector: fc.boolean(),
    pixelAspect: fc.double({ min: 0.4, max: 2.5, noNaN: true }),
  })
  .map(({ columns, rows, left, top, width, height, sector, pixelAspect }): PlacedPicture => {
    const minX = left * (columns - 1);
    const minY = top * (rows - 1);
    const fit = { minX, minY, maxX: minX + width * (columns - 1), maxY: minY + height * (rows - 1) };
    return { columns, rows, fit: sector ? fit : null, pixelAspect };
  });
const elements: fc.Arbitrary<ElementSize> = fc.record({
  width: fc.integer({ min: 80, max: 3000 }),
  height: fc.integer({ min: 80, max: 2000 }),
});
const share = fc.double({ min: 0, max: 1, noNaN: true });
const viewings = (picture: PlacedPicture): fc.Arbitrary<Viewing> =>
  fc.record({
    zoom: fc.double({ min: 0.3, max: largestZoom, noNaN: true }),
    centre: fc.option(
      fc.tuple(share, share).map(([x, y]): Point => [x * (picture.columns - 1), y * (picture.rows - 1)]),
    ),
  });
const situations = fc
  .tuple(pictures, elements)
  .chain(([picture, element]) => fc.tuple(fc.constant(picture), fc.constant(element), viewings(picture)));

describe('a picture in its element', () => {
  it('is fitted and centred; a pixel is addressed by its centre', () => {
    const placement = placePicture(whole, { width: 400, height: 400 }, fitted);
    expect(toElement(placement, [0, 0])).toEqual([2, 102]);
    expect(toElement(placement, [99, 49])).toEqual([398, 298]);
  });

  it('of pixels twice as high as wide is drawn so', () => {
    const placement = placePicture({ ...whole, pixelAspect: 2 }, { width: 400, height: 400 }, fitted);
    expect(toElement(placement, [0, 0])).toEqual([2, 4]);
    expect(toElement(placement, [99, 49])).toEqual([398, 396]);
  });

  it('shows the sector whole and as large as it can be', () => {
    fc.assert(
      fc.property(pictures, elements, (picture, element) => {
        const placement = placePicture(picture, element, fitted);
        const box = picture.fit ?? { minX: 0, minY: 0, maxX: picture.columns - 1, maxY: picture.rows - 1 };
        const [left, top] = toElement(placement, [box.minX - 0.5, box.minY - 0.5]);
        const [right, bottom] = toElement(placement, [box.maxX + 0.5, box.maxY + 0.5]);
        const slack = 1e-6 * (element.width + element.height);
        expect(left).toBeGreaterThanOrEqual(-slack);
        expect(top).toBeGreaterThanOrEqual(-slack);
        expect(right).toBeLessThanOrEqual(element.width + slack);
        expect(bottom).toBeLessThanOrEqual(element.height + slack);
        const room = Math.min(element.width - (right - left), element.height - (bottom - top));
        expect(Math.abs(room)).toBeLessThan(1e-6 * (element.width + element.height));
      }),
    );
  });

  it('zoomed out shows the whole frame, so that nothing burned in is out of reach', () => {
    fc.assert(
      fc.property(pictures, elements, (picture, element) => {
        const placement = placePicture(picture, element, { zoom: leastZoom(picture, element), centre: null });
        const slack = 1e-6 * (element.width + element.height);
        for (const corner of [
          [-0.5, -0.5],
          [picture.columns - 0.5, picture.rows - 0.5],
        ] as const) {
          const [x, y] = toElement(placement, corner);
          expect(x).toBeGreaterThanOrEqual(-slack);
          expect(y).toBeGreaterThanOrEqual(-slack);
          expect(x).toBeLessThanOrEqual(element.width + slack);
          expect(y).toBeLessThanOrEqual(element.height + slack);
        }
      }),
    );
  });

  it('maps both ways exactly, whatever the zoom', () => {
    fc.assert(
      fc.property(situations, share, share, ([picture, element, viewing], x, y) => {
        const placement = placePicture(picture, element, viewing);
        const point: Point = [x * (picture.columns - 1), y * (picture.rows - 1)];
        near(toImage(placement, toElement(placement, point)), point);
      }),
    );
  });

  it('keeps the image point under the pointer when zooming in, and out again while above the fit', () => {
    fc.assert(
      fc.property(
        situations,
        share,
        share,
        fc.double({ min: 0.6, max: 2, noNaN: true }),
        ([picture, element, viewing], x, y, factor) => {
          const start = zoomedAt(picture, element, viewing, [element.width / 2, element.height / 2], 2);
          const before = placePicture(picture, element, start);
          const pointer = toElement(before, [x * (picture.columns - 1), y * (picture.rows - 1)]);
          const onScreen =
            pointer[0] >= 0 && pointer[1] >= 0 && pointer[0] <= element.width && pointer[1] <= element.height;
          const zoomed = zoomedAt(picture, element, start, pointer, factor);
          fc.pre(onScreen && zoomed.zoom > 1);
          const after = placePicture(picture, element, zoomed);
          const [middleX, middleY] = toImage(after, [element.width / 2, element.height / 2]);
          const clamped =
            factor < 1 &&
            (Math.abs(middleX + 0.5) < 1e-6 ||
              Math.abs(middleX - picture.columns + 0.5) < 1e-6 ||
              Math.abs(middleY + 0.5) < 1e-6 ||
              Math.abs(middleY - picture.rows + 0.5) < 1e-6);
          fc.pre(!clamped);
          const moved = Math.hypot(
            toElement(after, toImage(before, pointer))[0] - pointer[0],
            toElement(after, toImage(before, pointer))[1] - pointer[1],
          );
          expect(moved).toBeLessThan(1e-6 * (element.width + element.height));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('is never lost, however it is pulled and zoomed', () => {
    const acts = fc.array(
      fc.oneof(
        fc.record({ zoom: fc.double({ min: 0.2, max: 5, noNaN: true }), x: share, y: share }),
        fc.record({ dx: fc.integer({ min: -4000, max: 4000 }), dy: fc.integer({ min: -4000, max: 4000 }) }),
      ),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(pictures, elements, acts, (picture, element, actions) => {
        let viewing: Viewing = fitted;
        for (const act of actions) {
          viewing =
            'dx' in act
              ? pannedBy(picture, element, viewing, [act.dx, act.dy])
              : zoomedAt(
                  picture,
                  element,
                  viewing,
                  [act.x * element.width, act.y * element.height],
                  act.zoom,
                );
        }
        const placement = placePicture(picture, element, viewing);
        const [x, y] = toImage(placement, [element.width / 2, element.height / 2]);
        const slack = 1e-6 * (picture.columns + picture.rows);
        expect(x).toBeGreaterThanOrEqual(-0.5 - slack);
        expect(y).toBeGreaterThanOrEqual(-0.5 - slack);
        expect(x).toBeLessThanOrEqual(picture.columns - 0.5 + slack);
        expect(y).toBeLessThanOrEqual(picture.rows - 0.5 + slack);
        expect(viewing.zoom).toBeLessThanOrEqual(largestZoom);
      }),
    );
  });

  it('follows the hand by the pixels that the hand moves', () => {
    const element = { width: 400, height: 300 };
    const start = zoomedAt(whole, element, fitted, [200, 150], 4);
    const moved = pannedBy(whole, element, start, [30, -12]);
    const before = toElement(placePicture(whole, element, start), [50, 25]);
    near(toElement(placePicture(whole, element, moved), [50, 25]), [before[0] + 30, before[1] - 12]);
  });

  it('zooming out stops at the fit once, then goes on to the whole frame', () => {
    const picture: PlacedPicture = { ...whole, fit: { minX: 40, minY: 10, maxX: 60, maxY: 30 } };
    const element = { width: 400, height: 400 };
    const zoomed = zoomedAt(picture, element, fitted, [100, 300], 1.3);
    const back = zoomedAt(picture, element, zoomed, [100, 300], 0.5);
    expect(back).toEqual(fitted);
    const out = zoomedAt(picture, element, back, [100, 300], 0.01);
    expect(out.zoom).toBeCloseTo(leastZoom(picture, element), 12);
    expect(out.zoom).toBeLessThan(0.3);
  });

  it('turns the wheel into factors: a notch is gentle, lines and pages count, a pinch is fine', () => {
    const wheel = (deltaY: number, deltaMode = 0, ctrlKey = false) =>
      wheelFactor({ deltaY, deltaMode, ctrlKey });
    expect(wheel(-100)).toBeGreaterThan(1.1);
    expect(wheel(-100)).toBeLessThan(1.3);
    expect(wheel(-100) * wheel(100)).toBeCloseTo(1, 12);
    expect(wheel(-3, 1)).toBeCloseTo(wheel(-99), 12);
    expect(wheel(-2, 0, true)).toBeGreaterThan(wheel(-2));
    expect(wheel(1e6)).toBe(0.5);
  });
});

describe('what is fitted', () => {
  const clip = { rows: 480, columns: 640 };
  const box = { minX: 100, minY: 50, maxX: 500, maxY: 450 };

  it('is the sector with a small margin inside the frame, or the whole frame where none was found', () => {
    expect(fitBox({ box, source: 'region' }, clip)).toEqual({ minX: 94, minY: 44, maxX: 506, maxY: 456 });
    expect(fitBox({ box, source: 'frame' }, clip)).toBeNull();
    expect(fitBox({ box, source: 'pixels', doubt: 'odd-shape' }, clip)).toBeNull();
    const atEdge = fitBox({ box: { ...box, minX: 0, maxY: 479 }, source: 'region' }, clip);
    expect(atEdge).toMatchObject({ minX: 0, maxY: 479 });
  });

  it('is looked for in frames spread over the clip', () => {
    expect(sampledFrames(1)).toEqual([0]);
    expect(sampledFrames(3)).toEqual([0, 1, 2]);
    expect(sampledFrames(100)).toHaveLength(12);
    expect(sampledFrames(100).at(-1)).toBe(99);
  });
});

describe('brightness and contrast on screen', () => {
  it('as recorded is every level as it is', () => {
    expect([...levelTable(asRecorded)]).toEqual(Array.from({ length: 256 }, (_, level) => level));
    expect(isAsRecorded(greyPresets[0].window)).toBe(true);
  });

  it('rises with the level, and no level is lost to all pictures', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -500, max: 800, noNaN: true }),
        fc.double({ min: 0.1, max: 5000, noNaN: true }),
        (centre, width) => {
          const table = levelTable(limited({ centre, width }));
          for (let level = 1; level < 256; level += 1) {
            expect(table[level]!).toBeGreaterThanOrEqual(table[level - 1]!);
          }
          expect(table[255]! - table[0]!).toBeGreaterThan(30);
        },
      ),
    );
  });

  it('a drag to the right is more contrast, upwards is brighter, back is back', () => {
    expect(contrastOf(draggedWindow(asRecorded, [100, 0]))).toBeGreaterThan(1.3);
    expect(brightnessOf(draggedWindow(asRecorded, [0, -40]))).toBe(20);
    expect(draggedWindow(asRecorded, [0, 0])).toEqual(asRecorded);
  });

  it('is told as contrast and brightness and back', () => {
    expect(windowOf(1, 0)).toEqual(asRecorded);
    const window = windowOf(2, 30);
    expect(contrastOf(window)).toBeCloseTo(2, 12);
    expect(brightnessOf(window)).toBeCloseTo(30, 12);
  });
});

describe('the loupe', () => {
  it('lies in the window beside the pointer and never under it', () => {
    const window = [1280, 720] as const;
    let corner: Point | null = null;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1280 }), fc.integer({ min: 0, max: 720 }), (x, y) => {
        corner = loupeCorner([x, y], window, corner);
        const [left, top] = corner;
        expect(left).toBeGreaterThanOrEqual(0);
        expect(top).toBeGreaterThanOrEqual(0);
        expect(left + loupeSide).toBeLessThanOrEqual(1280);
        expect(top + loupeSide).toBeLessThanOrEqual(720);
        const under = x >= left && x <= left + loupeSide && y >= top && y <= top + loupeSide;
        expect(under).toBe(false);
      }),
    );
  });

  it('stays on its side of the pointer while there is room', () => {
    const first = loupeCorner([400, 300], [1280, 720], null);
    const next = loupeCorner([410, 306], [1280, 720], first);
    expect(next).toEqual([first[0] + 10, first[1] + 6]);
  });
});
