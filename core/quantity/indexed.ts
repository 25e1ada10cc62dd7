import type { MeasurementName } from './quantities.ts';

/** Quantities that stand beside another, by body surface area. */
const indexed: Partial<Readonly<Record<MeasurementName, MeasurementName>>> = {
  EDV: 'EDVI',
  ESV: 'ESVI',
  CO: 'CI',
  'LAV max': 'LAVI max',
};

/** The same quantity by body surface area; undefined where none is given. */
export const indexedOf = (name: MeasurementName): MeasurementName | undefined => indexed[name];

/** Whether a quantity is another one by body surface area. */
export const isIndexed = (name: MeasurementName): boolean => Object.values(indexed).includes(name);
