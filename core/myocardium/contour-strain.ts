/**
 * Global longitudinal strain in %, 100 · (L_ES − L_ED) / L_ED of the length of one line over the whole ventricle from
 * hinge to hinge (definitions of the EACVI/ASE/Industry Task Force: Voigt J-U et al., J Am Soc Echocardiogr
 * 2015;28:183–193); below zero where it shortens. Here the lines are contours drawn on either frame, not speckle that was
 * followed, so that it is called contour strain and says nothing of segments.
 *
 * @returns null where there is no line at end-diastole
 */
export function contourStrain(edLength: number, esLength: number): number | null {
  const strain = (100 * (esLength - edLength)) / edLength;
  return edLength > 0 && Number.isFinite(strain) ? strain : null;
}
