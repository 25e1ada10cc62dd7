import type { BodySurfaceFormula } from '../../../core/body/surface-area.ts';
import type {
  Measurement,
  MeasurementMethod,
  MeasurementUnit,
} from '../../../core/measurement/measurement.ts';
import { type Code, codes } from './codes.ts';

/** The unit that a value is written in, and by what it is multiplied for that. */
export interface WrittenUnit {
  readonly code: Code;
  readonly factor: number;
}

const units: Readonly<Record<MeasurementUnit, WrittenUnit | null>> = {
  mL: { code: codes.millilitre, factor: 1 },
  '%': { code: codes.percent, factor: 1 },
  mm: { code: codes.centimetre, factor: 0.1 },
  'mm²': { code: codes.squareCentimetre, factor: 0.01 },
  '1': { code: codes.unity, factor: 1 },
  bpm: { code: codes.beatsPerMinute, factor: 1 },
  'm²': { code: codes.squareMetre, factor: 1 },
  'mL/m²': { code: codes.millilitrePerSquareMetre, factor: 1 },
  'L/min': { code: codes.litrePerMinute, factor: 1 },
  'L/min/m²': { code: codes.litrePerMinuteAndSquareMetre, factor: 1 },
  // Lengths of clips that nothing calibrates mean nothing elsewhere.
  px: null,
  'px²': null,
};

/** As echocardiography reports have it, lengths in cm; null for one that is not written. */
export const writtenUnit = (unit: MeasurementUnit): WrittenUnit | null => units[unit];

/** Every unit that is written, with that which its values are kept in. */
export const writtenUnits: readonly (WrittenUnit & { readonly unit: MeasurementUnit })[] = Object.entries(
  units,
).flatMap(([unit, written]) => (written === null ? [] : [{ unit: unit as MeasurementUnit, ...written }]));

const methods: Readonly<Partial<Record<MeasurementMethod, Code>>> = {
  'biplane-disks': codes.disksBiplane,
  'single-plane-disks': codes.disksSinglePlane,
  'area-length': codes.areaLengthSinglePlane,
  'biplane-area-length': codes.areaLengthBiplane,
};

/** null where the concept of the number says all (a length, an area). */
export const methodCode = (method: MeasurementMethod): Code | null => methods[method] ?? null;

/** Every method that has a code. */
export const codedMethods = Object.entries(methods) as readonly (readonly [MeasurementMethod, Code])[];

const views: Readonly<Partial<Record<NonNullable<Measurement['view']>, Code>>> = {
  a4c: codes.apicalFourChamber,
  a2c: codes.apicalTwoChamber,
  a3c: codes.apicalLongAxis,
};

/** null for numbers of two planes, and of views that are not known. */
export const viewCode = (view: Measurement['view']): Code | null =>
  view === null ? null : (views[view] ?? null);

/** Every view that has a code. */
export const codedViews = Object.entries(views) as readonly (readonly [
  NonNullable<Measurement['view']>,
  Code,
])[];

const formulas: Readonly<Record<BodySurfaceFormula, Code>> = {
  'du-bois': codes.duBois,
  mosteller: codes.mosteller,
};

/** Every formula of body surface area. */
export const codedFormulas = Object.entries(formulas) as readonly (readonly [BodySurfaceFormula, Code])[];

/** Of body surface area; null for any other method. */
export const formulaCode = (method: MeasurementMethod): Code | null =>
  method === 'du-bois' || method === 'mosteller' ? formulas[method] : null;
