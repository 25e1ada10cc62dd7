/** A value as a person reads it: in the unit that the clinic uses, with as many decimals as it deserves. */
export interface ShownQuantity {
  readonly value: number;
  readonly unit: string;
  readonly decimals: number;
}

/** Areas of the heart are read in cm²; values are kept in mm². */
const mm2PerCm2 = 100;

const decimalsOf: Readonly<Record<string, number>> = {
  mm: 1,
  'cm²': 1,
  'm²': 2,
  'L/min': 1,
  'L/min/m²': 1,
};

/**
 * How a quantity is shown to a person, on screen and on paper; null where it is none: pixels are not a length or an
 * area of anybody's heart. Volumes and percentages are whole numbers, as the guideline's limits are.
 */
export function shownQuantity(value: number, unit: string): ShownQuantity | null {
  if (unit === 'px' || unit === 'px²' || !Number.isFinite(value)) return null;
  if (unit === 'mm²') return { value: value / mm2PerCm2, unit: 'cm²', decimals: decimalsOf['cm²']! };
  return { value, unit, decimals: decimalsOf[unit] ?? 0 };
}
