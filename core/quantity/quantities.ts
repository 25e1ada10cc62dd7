import {
  leftAtrium,
  leftVentricularCavity,
  leftVentricularWall,
  type StructureId,
} from '../structure/structure.ts';
import type { CodedConcept } from '../structure/coded-concept.ts';
import { distanceNames, type DistanceName } from '../mark/distance-name.ts';

/** Units that values are kept in; UCUM names them `ml`, `cm2` and so on (PS3.16 CID 3502 and others). */
export type MeasurementUnit =
  'mL' | '%' | 'mm' | 'mm²' | 'px' | 'px²' | 'bpm' | 'm²' | 'mL/m²' | 'L/min' | 'L/min/m²' | '1';

/**
 * What is measured. Window, report, `analysis.json` and exports read from here what they say of a number; what it is called
 * in words, and what stands for its name in another language, is in the catalogue (core/wording/quantity.ts).
 */
export interface Quantity {
  /** As it is written in files; never changed. */
  readonly name: string;
  /** In whose contours it is measured; null where it is the patient's, and of a distance. */
  readonly structure: StructureId | null;
  /** Where in the heart a distance is measured. */
  readonly site?: CodedConcept;
  readonly phase: 'ed' | 'es' | null;
  /** Unit of the value where the clip is calibrated; lengths and areas of others are in px and px². */
  readonly unit: MeasurementUnit;
  /** With which it is shown, in the clinic's unit (areas in cm²). */
  readonly decimals: 0 | 1 | 2;
  /**
   * Where it stands: `main` are the study's first numbers, `indexed` those by body surface area, `plane` those of one
   * plane alone, `patient` those of the whole patient, `strain`, `wall` and `atrium` what is measured beside the
   * cavity's volumes, and `distance` what a reader measured between two points.
   */
  readonly group: 'main' | 'indexed' | 'plane' | 'strain' | 'wall' | 'atrium' | 'distance' | 'patient';
  /** Printed bold. */
  readonly headline: boolean;
  /** Whether core/reference-limits has limits for it. */
  readonly graded: boolean;
  /** Concept of the number alone; view, method and phase qualify it (PS3.16 TID 5200, CID 12240, CID 12300). */
  readonly code: CodedConcept | null;
}

const loinc = (value: string, meaning: string) => ({ scheme: 'LN', value, meaning }) as const;
const snomed = (value: string, meaning: string) => ({ scheme: 'SCT', value, meaning }) as const;

const cavity = { structure: leftVentricularCavity, headline: false, graded: false, phase: null } as const;
const wall = {
  structure: leftVentricularWall,
  headline: false,
  graded: false,
  phase: 'ed',
  unit: 'mm',
  decimals: 1,
  group: 'wall',
  code: null,
} as const;
const atrium = { structure: leftAtrium, headline: false, graded: false, group: 'atrium' } as const;
const atrialVolume = snomed('399235004', 'Left Atrium Systolic Volume');
const patient = { structure: null, headline: false, graded: false, phase: null, group: 'patient' } as const;
const distance = {
  structure: null,
  headline: false,
  graded: false,
  unit: 'mm',
  decimals: 1,
  group: 'distance',
} as const;
const inLeftVentricle = snomed('87878005', 'Left Ventricle');
const table = [
  {
    ...cavity,
    name: 'EF',
    ...{ unit: '%', decimals: 0, group: 'main' },
    ...{ headline: true, graded: true, code: loinc('18043-0', 'Left Ventricular Ejection Fraction by US') },
  },
  {
    ...cavity,
    name: 'EDV',
    ...{ phase: 'ed', unit: 'mL', decimals: 0, group: 'main' },
    ...{ headline: true, graded: true, code: loinc('18026-5', 'Left Ventricular End Diastolic Volume') },
  },
  {
    ...cavity,
    name: 'ESV',
    ...{ phase: 'es', unit: 'mL', decimals: 0, group: 'main' },
    ...{ headline: true, graded: true, code: loinc('18148-7', 'Left Ventricular End Systolic Volume') },
  },
  {
    ...cavity,
    name: 'SV',
    ...{ unit: 'mL', decimals: 0, group: 'main' },
    code: snomed('90096001', 'Stroke Volume'),
  },
  {
    ...cavity,
    name: 'CO',
    ...{ unit: 'L/min', decimals: 1, group: 'main' },
    code: snomed('82799009', 'Cardiac Output'),
  },
  {
    ...cavity,
    name: 'EDVI',
    ...{ phase: 'ed', unit: 'mL/m²' },
    ...{ decimals: 0, group: 'indexed', graded: true },
    code: loinc('18026-5', 'Left Ventricular End Diastolic Volume'),
  },
  {
    ...cavity,
    name: 'ESVI',
    ...{ phase: 'es', unit: 'mL/m²' },
    ...{ decimals: 0, group: 'indexed', graded: true },
    code: loinc('18148-7', 'Left Ventricular End Systolic Volume'),
  },
  {
    ...cavity,
    name: 'CI',
    ...{ unit: 'L/min/m²', decimals: 1 },
    ...{ group: 'indexed', code: snomed('54993008', 'Cardiac Index') },
  },
  {
    ...cavity,
    name: 'LV length ED',
    ...{ phase: 'ed', unit: 'mm', decimals: 1 },
    ...{ group: 'plane', code: loinc('18077-8', 'Left Ventricle Diastolic Major Axis') },
  },
  {
    ...cavity,
    name: 'LV length ES',
    ...{ phase: 'es', unit: 'mm', decimals: 1 },
    ...{ group: 'plane', code: loinc('18076-0', 'Left Ventricle Systolic Major Axis') },
  },
  {
    ...cavity,
    name: 'LV area ED',
    ...{ phase: 'ed', unit: 'mm²', decimals: 1 },
    ...{ group: 'plane', code: snomed('399109006', 'Left Ventricular Diastolic Area') },
  },
  {
    ...cavity,
    name: 'LV area ES',
    ...{ phase: 'es', unit: 'mm²', decimals: 1 },
    ...{ group: 'plane', code: snomed('399030000', 'Left Ventricular Systolic Area') },
  },
  {
    ...cavity,
    name: 'FAC',
    ...{ unit: '%', decimals: 0, group: 'plane' },
    code: snomed('399287000', 'Left Ventricular Fractional Area Change'),
  },
  {
    ...cavity,
    name: 'LV sphericity ED',
    ...{ phase: 'ed', unit: '1', decimals: 2 },
    ...{ group: 'plane', code: null },
  },
  {
    ...cavity,
    name: 'Contour strain',
    ...{ unit: '%', decimals: 1, group: 'strain', code: null },
  },
  {
    ...cavity,
    name: 'Contour strain mid-wall',
    ...{ structure: leftVentricularWall, unit: '%', decimals: 1, group: 'strain', code: null },
  },
  { ...wall, name: 'LV wall basal ED' },
  { ...wall, name: 'LV wall mid ED' },
  { ...wall, name: 'LV wall apical ED' },
  {
    ...atrium,
    name: 'LAV max',
    ...{ phase: 'es', unit: 'mL', decimals: 0, code: atrialVolume },
  },
  {
    ...atrium,
    name: 'LAVI max',
    ...{ phase: 'es', unit: 'mL/m²', decimals: 0, graded: true, code: atrialVolume },
  },
  {
    ...atrium,
    name: 'LAV min',
    ...{ phase: 'ed', unit: 'mL', decimals: 0, code: null },
  },
  {
    ...atrium,
    name: 'LAEF',
    ...{ phase: null, unit: '%', decimals: 0, code: null },
  },
  {
    ...atrium,
    name: 'LA length max',
    ...{ phase: 'es', unit: 'mm', decimals: 1, code: null },
  },
  {
    ...atrium,
    name: 'LA area max',
    ...{ phase: 'es', unit: 'mm²', decimals: 1, code: null },
  },
  {
    ...distance,
    name: 'LVIDd',
    ...{ phase: 'ed', site: inLeftVentricle },
    code: loinc('29436-3', 'Left Ventricle Internal End Diastolic Dimension'),
  },
  {
    ...distance,
    name: 'LVIDs',
    ...{ phase: 'es', site: inLeftVentricle },
    code: loinc('29438-9', 'Left Ventricle Internal Systolic Dimension'),
  },
  {
    ...distance,
    name: 'IVSd',
    ...{ phase: 'ed', site: inLeftVentricle },
    code: loinc('18154-5', 'Interventricular Septum Diastolic Thickness'),
  },
  {
    ...distance,
    name: 'LVPWd',
    ...{ phase: 'ed', site: inLeftVentricle },
    code: loinc('18152-9', 'Left Ventricle Posterior Wall Diastolic Thickness'),
  },
  {
    ...distance,
    name: 'LA diameter',
    ...{ phase: 'es', site: snomed('82471001', 'Left Atrium') },
    code: loinc('29469-4', 'Left Atrium Antero-posterior Systolic Dimension'),
  },
  {
    ...distance,
    name: 'Aortic root',
    ...{ phase: null, site: snomed('8128003', 'Aortic Root') },
    code: loinc('18015-8', 'Aortic Root Diameter'),
  },
  {
    ...distance,
    name: 'RV basal diameter',
    ...{ phase: 'ed', site: snomed('53085002', 'Right ventricle') },
    // Of CID 12300: what CID 12204 has says nothing of where.
    code: loinc('80080-5', 'Right ventricular basal dimension 4C'),
  },
  {
    ...distance,
    name: 'LVOT diameter',
    ...{ phase: null, site: snomed('13418002', 'Left ventricle outflow tract') },
    code: loinc('80028-4', 'Left ventricular outflow tract dimension (2D)'),
  },
  {
    ...distance,
    name: 'IVC diameter',
    ...{ phase: null, site: snomed('64131007', 'Inferior vena cava') },
    code: loinc('18006-7', 'Inferior Vena Cava Diameter'),
  },
  {
    ...patient,
    name: 'HR',
    ...{ unit: 'bpm', decimals: 0, code: loinc('8867-4', 'Heart Rate') },
  },
  {
    ...patient,
    name: 'BSA',
    ...{ unit: 'm²', decimals: 2 },
    code: loinc('8277-6', 'BSA'),
  },
] as const satisfies readonly Quantity[];

export type MeasurementName = (typeof table)[number]['name'];

/** Whether what is measured is a distance that a reader named. */
export const isDistance = (name: string): name is DistanceName =>
  distanceNames.some((distanceName) => distanceName === name);

/** In the order in which they are listed. */
export const quantities: readonly (Quantity & { readonly name: MeasurementName })[] = table;

const byName = new Map<string, Quantity>(quantities.map((quantity) => [quantity.name, quantity]));

/** undefined only for a name that is none, as a later version may have written it. */
export function quantityOf(name: string): Quantity | undefined {
  return byName.get(name);
}

/**
 * Quantities that came after the first studies were signed. Where a signature has none of them it is older than they are:
 * that they are there now is no difference from what was signed.
 */
export const isLater = (name: string): boolean => isBeside(name);

/** Quantities that stand beside the cavity's volumes. */
export const isBeside = (name: string): boolean => besideGroups.includes(quantityOf(name)?.group ?? 'main');
const besideGroups: readonly Quantity['group'][] = ['strain', 'wall', 'atrium'];

/** Quantities of a group in their order. */
export const quantitiesIn = (group: Quantity['group']): readonly (Quantity & { name: MeasurementName })[] =>
  quantities.filter((quantity) => quantity.group === group);
