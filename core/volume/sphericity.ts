/**
 * Sphericity index at end-diastole: volume over that of a sphere as wide as the long axis is long, EDV / (π/6 · L³);
 * about 0.3 in a normal ventricle, towards 1 as it becomes round (H. F. Mannaerts et al., Eur Heart J 2004;25:680–687,
 * there from three-dimensional volumes; here from those of one plane, which a tilted plane shortens).
 *
 * @param volume in the cube of the unit of `longAxis`
 * @returns null where there is no axis
 */
export function sphericityIndex(volume: number, longAxis: number): number | null {
  const sphere = (Math.PI / 6) * longAxis ** 3;
  return sphere > 0 && Number.isFinite(volume / sphere) ? volume / sphere : null;
}
