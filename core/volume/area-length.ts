/** Single-plane area–length method, V = 8·A²/(3π·L) (DCM 125205); mm² and mm in, mm³ out. */
export function areaLengthVolume(area: number, length: number): number {
  return (8 * area * area) / (3 * Math.PI * length);
}

/** What the area–length method needs of one plane, in mm² and mm (or pixels, for ratios). */
export interface AreaAndLength {
  readonly area: number;
  readonly length: number;
}

/**
 * Biplane area–length method, V = 8·A₁·A₂/(3π·L) with the shorter of the two long axes, as it is used for the left atrium
 * (ASE/EACVI 2015, DCM 125204); mm² and mm in, mm³ out. The order of the planes does not matter.
 */
export function biplaneAreaLengthVolume(a: AreaAndLength, b: AreaAndLength): number {
  return (8 * a.area * b.area) / (3 * Math.PI * Math.min(a.length, b.length));
}
