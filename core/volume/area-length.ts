/** Single-plane area–length method, V = 8·A²/(3π·L) (DCM 125205); mm² and mm in, mm³ out. */
export function areaLengthVolume(area: number, length: number): number {
  return (8 * area * area) / (3 * Math.PI * length);
}
