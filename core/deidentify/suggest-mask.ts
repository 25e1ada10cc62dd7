import type { ClipFacts, FramePixels } from '../clip/clip.ts';
import { clipPictures, regionBox } from '../clip/pictures.ts';
import { clipToBox } from '../geometry/clip-to-box.ts';
import type { Box, Point } from '../geometry/point.ts';
import { fanPolygon } from '../sector/fan-outline.ts';
import { findFan } from '../sector/find-sector.ts';
import type { KeepMask } from './keep-mask.ts';

/** How far around the fan that was found pixels are kept, because its edges are found to some pixels only. */
const marginPx = 4;

/**
 * What is worth keeping of a clip: the fan that is seen in each of its two-dimensional pictures, 4 pixels around it
 * included, within the regions of tissue and colour that the file names (PS3.3 C.8.5.5); without regions, the fan alone.
 * Strips of ECG, scales, text and spectra lie outside of both.
 *
 * @param frames at least one frame, all of one size
 * @returns null where a picture shows no fan: a person has to say then what is kept
 */
export function suggestMask(
  frames: readonly FramePixels[],
  facts: Pick<ClipFacts, 'regions' | 'rows' | 'columns'>,
): KeepMask | null {
  const { rows, columns } = facts;
  const whole: Box = { minX: 0, minY: 0, maxX: columns - 1, maxY: rows - 1 };
  const pictures = clipPictures(facts);
  const places =
    pictures.length === 0
      ? [{ within: whole, boxes: [whole] }]
      : pictures.map(({ box, regions }) => ({ within: box, boxes: outermost(regions.map(regionBox)) }));
  const areas: Point[][] = [];
  for (const { within, boxes } of places) {
    const fan = findFan(frames, within);
    if (fan === null) return null;
    const polygon = fanPolygon(fan, marginPx);
    for (const box of boxes) areas.push(clipToBox(polygon, edgesOf(box, whole)));
  }
  const held = areas.filter((area) => area.length >= 3).map(rounded);
  return held.length === 0 ? null : { areas: held };
}

/** Boxes that lie in no other; of equal ones the first. */
function outermost(boxes: readonly Box[]): Box[] {
  return boxes.filter(
    (box, index) =>
      !boxes.some(
        (other, place) => place !== index && holds(other, box) && (place < index || !holds(box, other)),
      ),
  );
}

function holds(outer: Box, inner: Box): boolean {
  return (
    outer.minX <= inner.minX &&
    outer.minY <= inner.minY &&
    outer.maxX >= inner.maxX &&
    outer.maxY >= inner.maxY
  );
}

/** The edges around the pixels of a box, inside the image. */
function edgesOf(box: Box, whole: Box): Box {
  return {
    minX: Math.max(box.minX, whole.minX) - 0.5,
    minY: Math.max(box.minY, whole.minY) - 0.5,
    maxX: Math.min(box.maxX, whole.maxX) + 0.5,
    maxY: Math.min(box.maxY, whole.maxY) + 0.5,
  };
}

/** To a tenth of a pixel, so that a mask that was written down and read is the same. */
const rounded = (area: readonly Point[]): Point[] =>
  area.map(([x, y]): Point => [Math.round(x * 10) / 10, Math.round(y * 10) / 10]);
