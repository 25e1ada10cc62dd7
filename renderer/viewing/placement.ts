import type { Box, Point } from '../../core/geometry/point.ts';

/** How image pixels lie in their element: upright, scaled in x and y apart, in CSS pixels. */
export interface PicturePlacement {
  /** CSS pixels per image pixel. */
  readonly scaleX: number;
  readonly scaleY: number;
  /** Position in the element of the image's point (0, 0), the centre of its top-left pixel. */
  readonly originX: number;
  readonly originY: number;
}

/** What is to be placed: a frame, and the part of it that fills the element at zoom 1. */
export interface PlacedPicture {
  readonly columns: number;
  readonly rows: number;
  /** Image pixels, edges included; null for the whole frame. */
  readonly fit: Box | null;
  /** Height of a pixel over its width. */
  readonly pixelAspect: number;
}

export interface ElementSize {
  readonly width: number;
  readonly height: number;
}

/** Where a reader looks: shared by all pictures of a clip. */
export interface Viewing {
  /** 1 fits the sector; below it more of the frame comes into view, down to all of it. */
  readonly zoom: number;
  /** Image point in the middle of the element; null for the middle of what is fitted. */
  readonly centre: Point | null;
}

export const fitted: Viewing = { zoom: 1, centre: null };

/** All of the frame, zoomed out as far as it takes. */
export const wholeFrameViewing: Viewing = { zoom: 0, centre: null };

export const largestZoom = 8;

/** Zooming out stops at the fit on its way; so close to it counts as there. */
const nearFit = 0.005;

/** The whole frame as a box of image pixels. */
const wholeFrame = ({ columns, rows }: Pick<PlacedPicture, 'columns' | 'rows'>): Box => ({
  minX: 0,
  minY: 0,
  maxX: columns - 1,
  maxY: rows - 1,
});

/** Scale in x at which a box just fits its element. The one place where pixels that are not square come in. */
function fittingScale(box: Box, pixelAspect: number, { width, height }: ElementSize): number {
  const columns = box.maxX - box.minX + 1;
  const rows = box.maxY - box.minY + 1;
  return Math.min(width / columns, height / (rows * pixelAspect)) || 1;
}

/** The least zoom of a picture: all of the frame is seen. */
export function leastZoom(picture: PlacedPicture, element: ElementSize): number {
  const whole = fittingScale(wholeFrame(picture), picture.pixelAspect, element);
  return Math.min(1, whole / fittingScale(fitBox(picture), picture.pixelAspect, element));
}

const fitBox = (picture: PlacedPicture): Box => picture.fit ?? wholeFrame(picture);

/**
 * Where a picture lies for what a reader looks at. The middle of the element is always on the frame, so that no
 * picture is lost; zoomed out, the whole frame is in the element. An image pixel is a square or rectangle around its
 * point, so the frame begins half a pixel before (0, 0).
 */
export function placePicture(
  picture: PlacedPicture,
  element: ElementSize,
  viewing: Viewing,
): PicturePlacement {
  const { pixelAspect, columns, rows } = picture;
  const box = fitBox(picture);
  const zoom = Math.max(leastZoom(picture, element), Math.min(largestZoom, viewing.zoom));
  const scaleX = fittingScale(box, pixelAspect, element) * zoom;
  const scaleY = scaleX * pixelAspect;
  const [x, y] =
    viewing.centre === null
      ? [
          shownWithin((box.minX + box.maxX) / 2, columns, element.width / scaleX),
          shownWithin((box.minY + box.maxY) / 2, rows, element.height / scaleY),
        ]
      : onFrame(picture, viewing.centre);
  return {
    scaleX,
    scaleY,
    originX: element.width / 2 - x * scaleX,
    originY: element.height / 2 - y * scaleY,
  };
}

/** A middle from which the element shows as much of the frame as it can hold along one axis. */
function shownWithin(middle: number, pixels: number, shown: number): number {
  const a = shown / 2 - 0.5;
  const b = pixels - 0.5 - shown / 2;
  return Math.min(Math.max(middle, Math.min(a, b)), Math.max(a, b));
}

function onFrame({ columns, rows }: PlacedPicture, [x, y]: Point): Point {
  return [Math.min(columns - 0.5, Math.max(-0.5, x)), Math.min(rows - 0.5, Math.max(-0.5, y))];
}

export const toElement = (placement: PicturePlacement, [x, y]: Point): Point => [
  placement.originX + x * placement.scaleX,
  placement.originY + y * placement.scaleY,
];

/** The exact inverse of {@link toElement}. */
export const toImage = (placement: PicturePlacement, [x, y]: Point): Point => [
  (x - placement.originX) / placement.scaleX,
  (y - placement.originY) / placement.scaleY,
];

/** Distance on screen of two image points, CSS pixels. */
export const screenDistance = (
  { scaleX, scaleY }: Pick<PicturePlacement, 'scaleX' | 'scaleY'>,
  [ax, ay]: Point,
  [bx, by]: Point,
): number => Math.hypot((ax - bx) * scaleX, (ay - by) * scaleY);

/**
 * Zooms so that the image point under `at` stays there. Zooming out stops at the fit once, before the rest of the
 * frame comes into view.
 *
 * @param at position in the element, CSS pixels
 */
export function zoomedAt(
  picture: PlacedPicture,
  element: ElementSize,
  viewing: Viewing,
  at: Point,
  factor: number,
): Viewing {
  const least = leastZoom(picture, element);
  const now = Math.max(least, Math.min(largestZoom, viewing.zoom));
  let zoom = Math.max(least, Math.min(largestZoom, now * factor));
  if ((now > 1 && zoom < 1) || (now < 1 && zoom > 1) || Math.abs(zoom - 1) < nearFit) zoom = 1;
  if (zoom === now) return { ...viewing, zoom };
  if (zoom <= 1) return { zoom, centre: null };
  const before = placePicture(picture, element, viewing);
  const [x, y] = toImage(before, at);
  const ratio = now / zoom;
  const [middleX, middleY] = toImage(before, [element.width / 2, element.height / 2]);
  return { zoom, centre: onFrame(picture, [x + (middleX - x) * ratio, y + (middleY - y) * ratio]) };
}

/** Moves the picture with the hand, by CSS pixels. */
export function pannedBy(
  picture: PlacedPicture,
  element: ElementSize,
  viewing: Viewing,
  [dx, dy]: Point,
): Viewing {
  const placement = placePicture(picture, element, viewing);
  const centre = toImage(placement, [element.width / 2 - dx, element.height / 2 - dy]);
  return { ...viewing, centre: onFrame(picture, centre) };
}

/** What one turn of the wheel zooms by. A touchpad's pinch arrives as a wheel with Ctrl and small steps. */
export function wheelFactor(event: Pick<WheelEvent, 'deltaY' | 'deltaMode' | 'ctrlKey'>): number {
  const lineHeight = 33;
  const pageHeight = 400;
  const pixels = event.deltaY * ([1, lineHeight, pageHeight][event.deltaMode] ?? 1);
  const factor = Math.exp(-pixels * (event.ctrlKey ? 0.01 : 0.0018));
  return Math.min(2, Math.max(0.5, factor));
}
