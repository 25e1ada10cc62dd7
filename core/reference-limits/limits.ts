import type { MeasurementName, MeasurementUnit } from '../quantity/quantities.ts';

/** Where the limits were published. They are data: another edition is another table, never mixed with this one. */
export const referenceEdition = {
  name: 'ASE/EACVI 2015',
  citation:
    'Lang RM et al. Recommendations for cardiac chamber quantification by echocardiography in adults. J Am Soc Echocardiogr 2015;28:1–39, size and function of the left ventricle and size of the left atrium by two-dimensional echocardiography',
} as const;

/** Limits of one quantity for one sex, in the quantity's unit. */
export interface ReferenceLimits {
  readonly normalLow: number;
  readonly normalHigh: number;
  /** Which side of normal is graded. */
  readonly abnormal: 'low' | 'high';
  /** Bound of each grade towards normal: from here on it is mild, moderate, severe. */
  readonly mild: number;
  readonly moderate: number;
  readonly severe: number;
}

export interface ReferenceTable {
  readonly name: MeasurementName;
  readonly unit: MeasurementUnit;
  readonly male: ReferenceLimits;
  readonly female: ReferenceLimits;
}

const low = (normalLow: number, normalHigh: number, moderate: number, severe: number): ReferenceLimits => ({
  normalLow,
  normalHigh,
  abnormal: 'low',
  mild: normalLow,
  moderate,
  severe,
});

const high = (normalLow: number, normalHigh: number, moderate: number, severe: number): ReferenceLimits => ({
  normalLow,
  normalHigh,
  abnormal: 'high',
  mild: normalHigh,
  moderate,
  severe,
});

/** Of both sexes alike. */
const leftAtrialVolumeIndex = high(16, 34, 41, 48);

/**
 * The published bands are whole numbers (41–51 mild, 52–72 normal); a value between two bands belongs to the
 * one farther from normal. Low bounds are therefore the least value of the better band (EF below 52 is mild,
 * below 41 moderate, below 30 severe), high bounds the greatest value of the better band.
 */
export const referenceTables: readonly ReferenceTable[] = [
  { name: 'EF', unit: '%', male: low(52, 72, 41, 30), female: low(54, 74, 41, 30) },
  { name: 'EDV', unit: 'mL', male: high(62, 150, 174, 200), female: high(46, 106, 120, 130) },
  { name: 'EDVI', unit: 'mL/m²', male: high(34, 74, 89, 100), female: high(29, 61, 70, 80) },
  { name: 'ESV', unit: 'mL', male: high(21, 61, 73, 85), female: high(14, 42, 55, 67) },
  { name: 'ESVI', unit: 'mL/m²', male: high(11, 31, 38, 45), female: high(8, 24, 32, 40) },
  { name: 'LAVI max', unit: 'mL/m²', male: leftAtrialVolumeIndex, female: leftAtrialVolumeIndex },
];
