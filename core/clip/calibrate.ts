import type { Box } from '../geometry/point.ts';
import type {
  Calibration,
  CalibrationRefusal,
  CalibrationResult,
  RulerCalibration,
  UltrasoundRegion,
} from './calibration.ts';
import type { ClipFacts } from './clip.ts';
import {
  boxTolerancePx,
  clipPictures,
  governingPicture,
  isPictureRegion,
  lacksPictureChoice,
  regionBox,
} from './pictures.ts';
import { pixelAspect } from './pixel-aspect.ts';

/** DICOM PS3.3 C.8.5.5: (0018,6014) tissue, (0018,6024/6026) centimetres. */
const dataTypeTissue = 1;
const unitCentimetres = 3;

/** Depth in mm that an echo picture can show; what claims more or less was scaled without its header. */
const leastDepthMm = 30;
const greatestDepthMm = 350;
/** A whole picture has margins around its sector, and a paediatric one may be shallow. */
const greatestImageMm = 700;

/** Two spacings that agree within this are the same scale, written with different rounding. */
const spacingTolerance = 1e-3;

/**
 * Millimetres per pixel of a clip, from the user's ruler, else from the regions of the picture that governs it, else
 * from Pixel Spacing; never guessed. A picture's scale is that of its tissue region; regions of one picture that do
 * not agree, a region that does not lie inside the image and one that is not 3 to 35 cm deep are refused (DICOM
 * PS3.3 C.8.5.5). Where a clip shows several pictures and none was chosen nothing is scaled.
 *
 * @param chosen box of the picture that the reader chose, null where there is none to choose
 */
export function calibrateClip(
  facts: ClipFacts,
  ruler: RulerCalibration | null,
  chosen: Box | null = null,
): CalibrationResult {
  if (lacksPictureChoice(facts, chosen)) return refused('picture-not-chosen');
  if (ruler !== null) return fromRuler(facts, ruler, chosen);
  const picture = governingPicture(facts, chosen);
  const scaled = (picture?.regions ?? unplaced(facts)).filter(isScaled);
  if (scaled.length > 0) return fromRegions(facts, scaled);
  return fromPixelSpacing(facts);
}

/** Regions that are meant for a picture and lie too far outside of the image to be one: their scale fits nothing. */
function unplaced(facts: ClipFacts): readonly UltrasoundRegion[] {
  return clipPictures(facts).length === 0 ? facts.regions.filter(isPictureRegion) : [];
}

function fromRegions(facts: ClipFacts, scaled: readonly UltrasoundRegion[]): CalibrationResult {
  const tissue = scaled.filter((region) => region.dataType === dataTypeTissue);
  const candidates = tissue.length > 0 ? tissue : scaled;
  const first = candidates[0]!;
  if (!candidates.every((region) => fits(facts, region))) return refused('calibration-does-not-fit');
  const calibration = regionSpacing(first);
  const agree = candidates.every((region) => sameSpacing(regionSpacing(region), calibration));
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
function fromRuler(facts: ClipFacts, ruler: RulerCalibration, chosen: Box | null): CalibrationResult {
  const aspect = pixelAspect(facts, chosen);
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

function isScaled(region: UltrasoundRegion): boolean {
  return (
    region.unitsX === unitCentimetres &&
    region.unitsY === unitCentimetres &&
    isScale(region.deltaX) &&
    isScale(region.deltaY)
  );
}

function isScale(delta: number | null): boolean {
  return delta !== null && Number.isFinite(delta) && delta !== 0;
}

function fits(facts: ClipFacts, region: UltrasoundRegion): boolean {
  const box = regionBox(region);
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

function refused(refusal: CalibrationRefusal): CalibrationResult {
  return { calibration: null, refusal };
}
