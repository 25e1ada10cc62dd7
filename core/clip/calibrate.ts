import type { Point } from '../geometry/point.ts';
import type { Calibration, CalibrationResult, RulerCalibration, UltrasoundRegion } from './calibration.ts';
import type { ClipFacts } from './clip.ts';

/** DICOM PS3.3 C.8.5.5: (0018,6012) 2D, (0018,6014) tissue, (0018,6024/6026) centimetres. */
const spatialFormat2D = 1;
const dataTypeTissue = 1;
const unitCentimetres = 3;

/** Depth in mm that an echo picture can show; what claims more or less was scaled without its header. */
const leastDepthMm = 30;
const greatestDepthMm = 350;
/** A whole picture has margins around its sector, and a paediatric one may be shallow. */
const greatestImageMm = 700;

/** Regions as scanners write them end up to a pixel outside the image, counting from 0 or from 1. */
const boxTolerancePx = 1.5;
/** Two spacings that agree within this are the same scale, written with different rounding. */
const spacingTolerance = 1e-3;

/**
 * Millimetres per pixel for a contour, from the user's ruler, else from the ultrasound region that holds every
 * point, else from Pixel Spacing; never guessed. Where no region holds all points, spatial regions that agree
 * serve; where they do not agree the calibration is refused. A region must lie inside the image and be 3 to
 * 35 cm deep (DICOM PS3.3 C.8.5.5).
 *
 * @param points contour points in image pixels; their bounding box's corners are enough
 */
export function calibrateContour(
  facts: ClipFacts,
  ruler: RulerCalibration | null,
  points: readonly Point[],
): CalibrationResult {
  if (ruler !== null) return fromRuler(facts, ruler);
  const spatial = facts.regions.filter(isSpatial);
  if (spatial.length > 0) return fromRegions(facts, spatial, points);
  return fromPixelSpacing(facts);
}

function fromRegions(
  facts: ClipFacts,
  spatial: readonly UltrasoundRegion[],
  points: readonly Point[],
): CalibrationResult {
  const holding = points.length > 0 ? spatial.filter((region) => holds(region, points)) : [];
  const tissue = holding.filter((region) => region.dataType === dataTypeTissue);
  const candidates = tissue.length > 0 ? tissue : holding.length > 0 ? holding : spatial;
  const fitting = candidates.filter((region) => fits(facts, region));
  const first = fitting[0];
  if (first === undefined || fitting.length < candidates.length) return refused('calibration-does-not-fit');
  const calibration = regionSpacing(first);
  const agree = fitting.every((region) => sameSpacing(regionSpacing(region), calibration));
  return agree ? { calibration, refusal: null } : refused('calibration-does-not-fit');
}

function fromPixelSpacing(facts: ClipFacts): CalibrationResult {
  if (facts.pixelSpacingMm === null) return refused('no-calibration');
  const [mmPerPixelY, mmPerPixelX] = facts.pixelSpacingMm;
  const height = mmPerPixelY * facts.rows;
  const width = mmPerPixelX * facts.columns;
  if (!(
    height >= leastDepthMm &&
    height <= greatestImageMm &&
    width >= leastDepthMm &&
    width <= 2 * greatestImageMm
  )) {
    return refused('calibration-does-not-fit');
  }
  return { calibration: { source: 'pixel-spacing', mmPerPixelX, mmPerPixelY }, refusal: null };
}

/** The ruler gives one length; how wide a pixel is compared with its height comes from the file, else 1. */
function fromRuler(facts: ClipFacts, ruler: RulerCalibration): CalibrationResult {
  const aspect = pixelAspect(facts);
  const pixels = Math.hypot((ruler.to[0] - ruler.from[0]) * aspect, ruler.to[1] - ruler.from[1]);
  const mmPerPixelY = ruler.distanceMm / pixels;
  const height = mmPerPixelY * facts.rows;
  if (!(pixels >= 2 && height >= leastDepthMm && height <= greatestImageMm)) {
    return refused('calibration-does-not-fit');
  }
  return {
    calibration: { source: 'user-ruler', mmPerPixelX: mmPerPixelY * aspect, mmPerPixelY },
    refusal: null,
  };
}

function pixelAspect(facts: ClipFacts): number {
  const aspects = facts.regions.filter(isSpatial).map((region) => Math.abs(region.deltaX! / region.deltaY!));
  if (facts.pixelSpacingMm !== null) aspects.push(facts.pixelSpacingMm[1] / facts.pixelSpacingMm[0]);
  const first = aspects[0];
  if (first === undefined || !Number.isFinite(first) || !(first > 0)) return 1;
  return aspects.every((aspect) => Math.abs(aspect - first) <= 0.01 * first) ? first : 1;
}

function isSpatial(region: UltrasoundRegion): boolean {
  return (
    region.spatialFormat === spatialFormat2D &&
    region.unitsX === unitCentimetres &&
    region.unitsY === unitCentimetres &&
    isScale(region.deltaX) &&
    isScale(region.deltaY)
  );
}

function isScale(delta: number | null): boolean {
  return delta !== null && Number.isFinite(delta) && delta !== 0;
}

function holds({ box }: UltrasoundRegion, points: readonly Point[]): boolean {
  return points.every(
    ([x, y]) =>
      x >= box.minX - boxTolerancePx &&
      x <= box.maxX + boxTolerancePx &&
      y >= box.minY - boxTolerancePx &&
      y <= box.maxY + boxTolerancePx,
  );
}

function fits(facts: ClipFacts, region: UltrasoundRegion): boolean {
  const { box } = region;
  const inside =
    box.minX >= -boxTolerancePx &&
    box.minY >= -boxTolerancePx &&
    box.maxX <= facts.columns - 1 + boxTolerancePx &&
    box.maxY <= facts.rows - 1 + boxTolerancePx;
  const depthMm = (box.maxY - box.minY) * regionSpacing(region).mmPerPixelY;
  return inside && depthMm >= leastDepthMm && depthMm <= greatestDepthMm;
}

/** Deltas are signed (axes may point either way); the scale is their size. */
function regionSpacing(region: UltrasoundRegion): Calibration {
  return {
    source: 'region',
    mmPerPixelX: Math.abs(region.deltaX!) * 10,
    mmPerPixelY: Math.abs(region.deltaY!) * 10,
  };
}

function sameSpacing(a: Calibration, b: Calibration): boolean {
  return (
    Math.abs(a.mmPerPixelX - b.mmPerPixelX) <= spacingTolerance * b.mmPerPixelX &&
    Math.abs(a.mmPerPixelY - b.mmPerPixelY) <= spacingTolerance * b.mmPerPixelY
  );
}

function refused(refusal: 'no-calibration' | 'calibration-does-not-fit'): CalibrationResult {
  return { calibration: null, refusal };
}
