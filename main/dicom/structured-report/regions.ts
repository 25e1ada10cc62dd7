import { createHash } from 'node:crypto';
import type { OutlinedRegion } from '../../../core/document/contour-reading.ts';
import type { Point } from '../../../core/geometry/point.ts';
import {
  leftAtrium,
  leftVentricularCavity,
  structures,
  type StructureId,
} from '../../../core/structure/structure.ts';
import { codes } from '../write/codes.ts';
import { below, type ReadCode, type ReadItem, type ReadReference, resolved } from './content-tree.ts';
import { codeKey, isCode } from './read-codes.ts';

/** A region of a report's tree, with what tells whether it is as its writer left it. */
export interface ReadRegion extends OutlinedRegion {
  /** null where the report gives it none. */
  readonly trackingUid: string | null;
  readonly graphicDataSha256: string;
}

export interface ReadRegions {
  readonly regions: readonly ReadRegion[];
  /** Regions of what Systola does not contour, or of another shape than an outline. */
  readonly leftOut: number;
}

/** DICOM's 0 is the corner of the first pixel, ours its middle (PS3.3 section C.18.6.1.1). */
export const halfPixel = 0.5;
/** Outlines with fewer points say too little of a ventricle. */
const leastPoints = 5;

/**
 * The planar regions of a report of TID 1500: polylines and polygons on frames, in its measurement groups (TID 1410), or
 * under the numbers that were inferred from them, where other programs put them. Those behind the numbers of other reports
 * are no reading of their own.
 */
export function planarRegions(root: ReadItem): ReadRegions {
  if (!isCode(root.name, codes.imagingReport)) return { regions: [], leftOut: 0 };
  const groups = [...below(root)].filter(
    ({ valueType, name }) => valueType === 'CONTAINER' && isCode(name, codes.measurementGroup),
  );
  const found = groups.map((group) => regionsOf(root, group));
  return {
    regions: found.flatMap(({ regions }) => regions),
    leftOut: found.reduce((sum, { leftOut }) => sum + leftOut, 0),
  };
}

function regionsOf(root: ReadItem, group: ReadItem): ReadRegions {
  const own = group.children.map((child) => followed(root, child)).filter(isCoordinates);
  const inferred = group.children
    .filter(({ valueType }) => valueType === 'NUM')
    .flatMap(({ children }) => children.map((child) => followed(root, child)))
    .filter(isCoordinates);
  // The same outline stands under its area once more.
  const items = own.length > 0 ? own : inferred.slice(0, 1);
  if (items.length === 0) return { regions: [], leftOut: 0 };
  const structure = structureOfGroup(group);
  const trackingUid = group.children.find(({ name }) => isCode(name, codes.trackingUid))?.text ?? null;
  const outlines = items.map((item) => outlineOf(root, item));
  if (structure === null || outlines.some((outline) => outline === null))
    return { regions: [], leftOut: items.length };
  const regions = outlines
    .filter((outline) => outline !== null)
    .flatMap(({ image, outline, graphicDataSha256 }) =>
      (image.frames.length === 0 ? [0] : image.frames).map((frame) => ({
        ...{ sopInstanceUid: image.sopInstanceUid, frame, structure, outline },
        ...{ trackingUid, graphicDataSha256 },
      })),
    );
  return { regions, leftOut: 0 };
}

/** The item itself, or the one that it names by reference. */
export const followed = (root: ReadItem, item: ReadItem): ReadItem =>
  item.referenced === null ? item : (resolved(root, item) ?? item);

const isCoordinates = ({ valueType, graphic }: ReadItem): boolean =>
  valueType === 'SCOORD' && graphic !== null;

interface Outline {
  readonly image: ReadReference;
  readonly outline: readonly Point[];
  readonly graphicDataSha256: string;
}

function outlineOf(root: ReadItem, { graphic, children }: ReadItem): Outline | null {
  const image = children.map((child) => followed(root, child).image).find((one) => one !== null);
  if (graphic === null || image === undefined || image === null) return null;
  const { type, coordinates } = graphic;
  if ((type !== 'POLYLINE' && type !== 'POLYGON') || coordinates.length < 2 * leastPoints) return null;
  const outline = Array.from({ length: coordinates.length / 2 }, (_, index): Point => [
    coordinates[2 * index]! - halfPixel,
    coordinates[2 * index + 1]! - halfPixel,
  ]);
  return { image, outline, graphicDataSha256: hashOf(coordinates) };
}

/** Of the values as FL in little endian, however the file has them. */
function hashOf(coordinates: readonly number[]): string {
  const bytes = Buffer.alloc(4 * coordinates.length);
  coordinates.forEach((value, index) => bytes.writeFloatLE(value, 4 * index));
  return createHash('sha256').update(bytes).digest('hex');
}

/**
 * What a group outlines, by its finding, else by the site of it; where it names neither, the left ventricle's cavity, which
 * is what is outlined in an apical view. null for anything else.
 */
function structureOfGroup(group: ReadItem): StructureId | null {
  const said = [group, ...group.children].flatMap(({ children }) => children);
  const codeOf = (name: typeof codes.finding | typeof codes.findingSite): ReadCode | null =>
    said.find((child) => child.code !== null && isCode(child.name, name))?.code ?? null;
  const [finding, site] = [codeOf(codes.finding), codeOf(codes.findingSite)];
  if (finding === null && site === null) return leftVentricularCavity;
  for (const code of [finding, site]) {
    const structure = code === null ? null : structureNamed(code);
    if (structure !== null) return structure;
  }
  return null;
}

/** By its code; of a code that somebody made up, as viewers do for what their user typed, by its words. */
function structureNamed(code: ReadCode): StructureId | null {
  const key = codeKey(code);
  const coded = structures().find((structure) => codeKey(structure.code) === key);
  if (coded !== undefined) return coded.id;
  if (['SCT', 'SRT', 'DCM', 'LN', 'FMA'].includes(code.scheme)) return null;
  if (/\bleft ventric|\blv\b/i.test(code.meaning)) return leftVentricularCavity;
  return /\bleft atri|\bla\b/i.test(code.meaning) ? leftAtrium : null;
}
