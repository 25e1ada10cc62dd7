import type { Box } from '../geometry/point.ts';
import { message, type Message } from '../language/message.ts';
import type { UltrasoundRegion } from './calibration.ts';
import type { ClipFacts } from './clip.ts';

type ScreenFacts = Pick<ClipFacts, 'regions' | 'rows' | 'columns'>;

/** Region Spatial Format (0018,6012) of a two-dimensional picture, DICOM PS3.3 C.8.5.5.1.1. */
const spatialFormat2D = 1;

/**
 * Region Data Types (0018,6014) that are no picture whatever their format says: spectra (3, 4), traces and
 * physiological signals (5–12, 16–18), grey and colour bars (13, 14). PS3.3 C.8.5.5.1.2.
 */
const dataTypesOfNoPicture: ReadonlySet<number> = new Set([
  3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 18,
]);
const dataTypeColourFlow = 2;

/** Regions as scanners write them end up to a pixel outside the image, counting from 0 or from 1. */
export const boxTolerancePx = 1.5;
/** Smaller than this, in pixels of a side or as a share of the image, a region is a mark and no picture. */
const leastSidePx = 16;
const leastShare = 0.01;
/** A region of which less lies inside the image was written for an image of another size. */
const leastShareInside = 0.5;
/** Two regions that cover each other to this share are one place on the screen. */
const samePlaceShare = 0.8;
/** A colour region belongs to the picture that holds this share of it. */
const heldShare = 0.6;
/** Spacings within this of each other are one scale. */
const scaleTolerance = 0.01;

/** One two-dimensional picture of a clip, which may show several beside or inside each other. */
export interface ClipPicture {
  /** Inside the image, pixels, edges included. */
  readonly box: Box;
  /** The regions that describe it, tissue before colour. */
  readonly regions: readonly UltrasoundRegion[];
}

/**
 * The two-dimensional pictures that a clip's regions name (DICOM PS3.3 C.8.5.5), from left to right and top to
 * bottom. A colour region over the tissue that it colours, or a region written twice, is no further picture; boxes
 * side by side (dual, biplane, compare) and one inside the other (an overview beside a zoom) are. A region that
 * lies mostly outside of the image names none. Empty where the file names no region: the whole image is one picture
 * then, as far as is known.
 */
export function clipPictures(facts: ScreenFacts): readonly ClipPicture[] {
  const known = knownPictures.get(facts.regions);
  if (known?.rows === facts.rows && known.columns === facts.columns) return known.pictures;
  const pictures = findPictures(facts);
  knownPictures.set(facts.regions, { rows: facts.rows, columns: facts.columns, pictures });
  return pictures;
}

/** Regions of a clip never change, and are asked for at every contour. */
const knownPictures = new WeakMap<
  readonly UltrasoundRegion[],
  { rows: number; columns: number; pictures: readonly ClipPicture[] }
>();

/**
 * The picture that sector, contour and calibration come from: the only one, or of several the one that the reader
 * chose (its box). null where the file names none, and where it names several and none was chosen.
 */
export function governingPicture(facts: ScreenFacts, chosen: Box | null): ClipPicture | null {
  const pictures = clipPictures(facts);
  if (pictures.length <= 1) return pictures[0] ?? null;
  return pictures.find(({ box }) => chosen !== null && sameBox(box, chosen)) ?? null;
}

/** True where the clip shows several pictures and the reader has not said which one is meant. */
export function lacksPictureChoice(facts: ScreenFacts, chosen: Box | null): boolean {
  return clipPictures(facts).length > 1 && governingPicture(facts, chosen) === null;
}

/** Where a picture lies among its clip's: "left", "top right", or "inset" for one inside another. */
export function picturePlace(picture: ClipPicture, pictures: readonly ClipPicture[]): Message {
  const others = pictures.filter((other) => other !== picture);
  if (others.some(({ box }) => holds(box, picture.box))) return message('clip.picture-place.inset');
  if (others.length > 0 && others.every(({ box }) => holds(picture.box, box))) {
    return message('clip.picture-place.large');
  }
  const x = middle(picture.box.minX, picture.box.maxX);
  const y = middle(picture.box.minY, picture.box.maxY);
  const beside = others.some(({ box }) => x < box.minX || x > box.maxX);
  const above = others.some(({ box }) => y < box.minY || y > box.maxY);
  const vertical = y < mean(others.map(({ box }) => middle(box.minY, box.maxY))) ? 'upper' : 'lower';
  const horizontal = x < mean(others.map(({ box }) => middle(box.minX, box.maxX))) ? 'left' : 'right';
  if (above && beside) return message(`clip.picture-place.${vertical}-${horizontal}`);
  if (above) return message(`clip.picture-place.${vertical}`);
  return message(beside ? `clip.picture-place.${horizontal}` : 'clip.picture-place.overlapping');
}

/** A two-dimensional region that is meant for a picture, wherever it lies. */
export function isPictureRegion({ spatialFormat, dataType }: UltrasoundRegion): boolean {
  return spatialFormat === spatialFormat2D && !dataTypesOfNoPicture.has(dataType);
}

/** A region's box with its corners in order; some devices exchange them. */
export function regionBox({ box }: UltrasoundRegion): Box {
  return {
    minX: Math.min(box.minX, box.maxX),
    minY: Math.min(box.minY, box.maxY),
    maxX: Math.max(box.minX, box.maxX),
    maxY: Math.max(box.minY, box.maxY),
  };
}

export function sameBox(a: Box, b: Box): boolean {
  return a.minX === b.minX && a.minY === b.minY && a.maxX === b.maxX && a.maxY === b.maxY;
}

function findPictures(facts: ScreenFacts): readonly ClipPicture[] {
  const image: Box = { minX: 0, minY: 0, maxX: facts.columns - 1, maxY: facts.rows - 1 };
  const candidates = facts.regions.filter(isPictureRegion).flatMap((region) => {
    const box = intersection(regionBox(region), image);
    return box !== null &&
      isLargeEnough(box, image) &&
      area(box) >= leastShareInside * area(regionBox(region))
      ? [{ region, box }]
      : [];
  });
  // Tissue first and the largest first, so that colour finds the picture that it lies over.
  candidates.sort(
    (a, b) =>
      Number(a.region.dataType === dataTypeColourFlow) - Number(b.region.dataType === dataTypeColourFlow) ||
      area(b.box) - area(a.box),
  );
  const pictures: { box: Box; regions: UltrasoundRegion[] }[] = [];
  for (const { region, box } of candidates) {
    const home = pictures.find((picture) => isOnePicture(picture, region, box));
    if (home === undefined) pictures.push({ box, regions: [region] });
    else home.regions.push(region);
  }
  return pictures.toSorted((a, b) => a.box.minX - b.box.minX || a.box.minY - b.box.minY);
}

function isOnePicture(picture: ClipPicture, region: UltrasoundRegion, box: Box): boolean {
  const common = area(intersection(picture.box, box));
  if (common >= samePlaceShare * Math.max(area(picture.box), area(box))) return true;
  const overTissue =
    region.dataType === dataTypeColourFlow &&
    picture.regions.every(({ dataType }) => dataType !== dataTypeColourFlow);
  return overTissue && common >= heldShare * area(box) && mayShareScale(picture.regions[0]!, region);
}

/** False only where both state a scale and the scales differ. */
function mayShareScale(a: UltrasoundRegion, b: UltrasoundRegion): boolean {
  const agree = (one: number | null, other: number | null): boolean =>
    one === null ||
    other === null ||
    one === 0 ||
    other === 0 ||
    Math.abs(Math.abs(one) - Math.abs(other)) <= scaleTolerance * Math.abs(other);
  return agree(a.deltaX, b.deltaX) && agree(a.deltaY, b.deltaY);
}

function isLargeEnough(box: Box, image: Box): boolean {
  return (
    box.maxX - box.minX + 1 >= leastSidePx &&
    box.maxY - box.minY + 1 >= leastSidePx &&
    area(box) >= leastShare * area(image)
  );
}

function intersection(a: Box, b: Box): Box | null {
  const box = {
    minX: Math.max(a.minX, b.minX),
    minY: Math.max(a.minY, b.minY),
    maxX: Math.min(a.maxX, b.maxX),
    maxY: Math.min(a.maxY, b.maxY),
  };
  return box.maxX >= box.minX && box.maxY >= box.minY ? box : null;
}

function area(box: Box | null): number {
  return box === null ? 0 : (box.maxX - box.minX + 1) * (box.maxY - box.minY + 1);
}

function holds(outer: Box, inner: Box): boolean {
  return area(intersection(outer, inner)) >= samePlaceShare * area(inner) && area(outer) > area(inner);
}

const middle = (low: number, high: number): number => (low + high) / 2;
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
