/**
 * Volumes of a left ventricle that a heart can have, mL. Beyond them the contour or its scale is wrong.
 *
 * Upper: an end-diastolic diameter of 80 mm counts as extreme dilatation (Klodas E et al. Aortic regurgitation
 * complicated by extreme left ventricular dilation. J Am Coll Cardiol 1996;27:670–677: 31 of 219 patients who were
 * operated on). A ventricle a quarter wider still, 100 mm, and 133 mm long holds π/6·D²·L ≈ 700 mL as an ellipsoid.
 * Lower: the same for a ventricle 5 mm wide and 8 mm long, less than that of the smallest newborns.
 */
export const possibleVolumeMl = { least: 0.1, greatest: 700 } as const;

export function isPossibleVolume(millilitres: number): boolean {
  return millilitres >= possibleVolumeMl.least && millilitres <= possibleVolumeMl.greatest;
}
