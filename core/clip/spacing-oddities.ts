import type { UltrasoundRegion } from './calibration.ts';
import type { FileOddity } from './oddity.ts';

/** Two sizes of a pixel that agree within this are one, written with different rounding. */
const tolerance = 0.02;
const spatialFormat2D = 1;
const unitCentimetres = 3;

/**
 * Pixel Spacing against the regions: it has to be that of one of the 2D regions in centimetres, if there are any. The
 * region counts where they differ (DICOM PS3.3 C.8.5.5).
 *
 * @param pixelSpacingMm [row spacing = y, column spacing = x]
 */
export function spacingOddities(
  pixelSpacingMm: readonly [number, number] | null,
  regions: readonly UltrasoundRegion[],
): FileOddity[] {
  if (pixelSpacingMm === null) return [];
  const scales = regions.flatMap(({ spatialFormat, unitsX, unitsY, deltaX, deltaY }) =>
    spatialFormat === spatialFormat2D &&
    unitsX === unitCentimetres &&
    unitsY === unitCentimetres &&
    deltaX !== null &&
    deltaY !== null &&
    Number.isFinite(deltaX * deltaY) &&
    deltaX * deltaY !== 0
      ? [[Math.abs(deltaX) * 10, Math.abs(deltaY) * 10] as const]
      : [],
  );
  const [first] = scales;
  const [y, x] = pixelSpacingMm;
  if (first === undefined || scales.some((scale) => alike(scale[0], x) && alike(scale[1], y))) return [];
  return [{ kind: 'spacing-differs', pixelSpacingMm: [x, y], regionMm: [first[0], first[1]] }];
}

function alike(a: number, b: number): boolean {
  return Math.abs(a - b) <= tolerance * Math.max(a, b);
}
