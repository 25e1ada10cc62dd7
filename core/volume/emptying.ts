/**
 * Emptying fraction of an atrium, 100·(largest − smallest)/largest in %, for any unit of volume (ASE/EACVI 2015).
 *
 * @returns null where there is no largest volume
 */
export function emptyingFraction(largest: number, smallest: number): number | null {
  const fraction = (100 * (largest - smallest)) / largest;
  return largest > 0 && Number.isFinite(fraction) ? fraction : null;
}
