import type { MeasuredLine } from '../../../core/document/contour-reading.ts';
import type { Point } from '../../../core/geometry/point.ts';
import { mostDistanceCharacters } from '../../../core/mark/schema.ts';
import { isDistance } from '../../../core/quantity/quantities.ts';
import { codes } from '../write/codes.ts';
import { below, type ReadItem } from './content-tree.ts';
import { quantityIn } from './numbers.ts';
import { isCode } from './read-codes.ts';
import { followed, halfPixel } from './regions.ts';

/** More lines than any report has; further ones are not read. */
const mostLines = 2000;

/**
 * The distances of a report that stand on a frame: numbers of a diameter or a thickness, or lengths that somebody named,
 * with the line that they were inferred from (TID 300 and 320). A mean stands on the lines of what it is the mean of.
 */
export function measuredLines(root: ReadItem): MeasuredLine[] {
  const found = new Map<string, MeasuredLine>();
  for (const item of below(root)) {
    const naming = item.valueType === 'NUM' ? namingOf(item) : null;
    if (naming === null) continue;
    for (const place of item.children
      .map((child) => followed(root, child))
      .flatMap((one) => lineOf(root, one))) {
      const line = { ...place, ...naming };
      if (found.size < mostLines) found.set(JSON.stringify(line), line);
    }
  }
  return [...found.values()];
}

/** What a number is of where that is a distance; null for any other. */
function namingOf({ name, number, children }: ReadItem): Pick<MeasuredLine, 'name' | 'words'> | null {
  const unit = number?.unit ?? null;
  if (name === null || number === null || unit === null) return null;
  const quantity = quantityIn(name, unit, number.value)?.name;
  if (quantity !== undefined) return isDistance(quantity) ? { name: quantity } : null;
  if (!isCode(name, codes.length)) return null;
  const label = children.find((child) => isCode(child.name, codes.trackingIdentifier))?.text ?? '';
  const words = label.replaceAll(/[\s\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  // What is longer was not called so by a Systola, and may be a program's own mark.
  return words === '' || words.length > mostDistanceCharacters ? null : { words };
}

function lineOf(
  root: ReadItem,
  { valueType, graphic, children }: ReadItem,
): Pick<MeasuredLine, 'sopInstanceUid' | 'frame' | 'from' | 'to'>[] {
  if (valueType !== 'SCOORD' || graphic?.type !== 'POLYLINE' || graphic.coordinates.length !== 4) return [];
  const image = children.map((child) => followed(root, child).image).find((one) => one !== null);
  if (image === undefined || image === null || image.frames.length > 1) return [];
  const [x1, y1, x2, y2] = graphic.coordinates.map((coordinate) => coordinate - halfPixel) as [
    number,
    number,
    number,
    number,
  ];
  const [from, to]: Point[] = [
    [x1, y1],
    [x2, y2],
  ];
  return [{ sopInstanceUid: image.sopInstanceUid, frame: image.frames[0] ?? 0, from: from!, to: to! }];
}
