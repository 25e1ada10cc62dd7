import type { Measurement, MeasurementName } from '../../../core/measurement/measurement.ts';
import { type Code, codes } from '../../dicom/write/codes.ts';
import { methodCode, viewCode } from '../../dicom/write/concepts.ts';
import { ownScheme } from '../../dicom/write/own-codes.ts';
import { plainText } from './plain-text.ts';

const loinc = (value: string, meaning: string): Code => ({ scheme: 'LN', value, meaning });

const volume = (phase: 'diastolic' | 'systolic', how: string): string =>
  `Left ventricular end ${phase} volume ${how}`;
const atrial = (what: string): string => `Left atrial end systolic ${what}`;
const biplane = 'biplane (MOD)';
const fourChamber = 'single plane 4C (MOD)';
const twoChamber = 'single plane 2C (MOD)';

/** By name, method and view: Core Echo Measurements (PS3.16 CID 12300), whose codes say everything. */
export const preCoordinated: Readonly<Record<string, Code>> = {
  'EDV biplane-disks biplane': loinc('79996-5', volume('diastolic', biplane)),
  'EDV single-plane-disks a4c': loinc('79999-9', volume('diastolic', fourChamber)),
  'EDV single-plane-disks a2c': loinc('79998-1', volume('diastolic', twoChamber)),
  'EDVI biplane-disks biplane': loinc('79997-3', volume('diastolic', `${biplane} / BSA`)),
  'ESV biplane-disks biplane': loinc('80001-1', volume('systolic', biplane)),
  'ESV single-plane-disks a4c': loinc('80004-5', volume('systolic', fourChamber)),
  'ESV single-plane-disks a2c': loinc('80003-7', volume('systolic', twoChamber)),
  'ESVI biplane-disks biplane': loinc('80002-9', volume('systolic', `${biplane} / BSA`)),
  'EF biplane-disks biplane': loinc('79991-6', `Left ventricular ejection fraction ${biplane}`),
  'EF single-plane-disks a4c': loinc('79993-2', `Left ventricular ejection fraction ${fourChamber}`),
  'EF single-plane-disks a2c': loinc('79992-4', `Left ventricular ejection fraction ${twoChamber}`),
  'LV length ED contour a4c': loinc('79994-0', 'Left ventricular end diastolic length 4C'),
  'LAV max biplane-disks biplane': loinc('79983-3', atrial(`volume ${biplane}`)),
  'LAV max single-plane-disks a4c': loinc('79986-6', atrial(`volume ${fourChamber}`)),
  'LAV max single-plane-disks a2c': loinc('79985-8', atrial(`volume ${twoChamber}`)),
  'LAV max biplane-area-length biplane': loinc('79981-7', atrial('volume biplane (area-length)')),
  'LAVI max biplane-disks biplane': loinc('79984-1', atrial(`volume ${biplane} / BSA`)),
  'LAVI max biplane-area-length biplane': loinc('79982-5', atrial('volume biplane (area-length) / BSA')),
  'LA length max contour a4c': loinc('79980-9', atrial('length 4C')),
  'LA length max contour a2c': loinc('79979-1', atrial('length 2C')),
  'LA area max contour a4c': loinc('79974-2', atrial('area 4C')),
  'LA area max contour a2c': loinc('79973-4', atrial('area 2C')),
  'LVIDd caliper null': loinc('80007-8', 'Left ventricular internal diastolic dimension - 2D'),
  'LVIDs caliper null': loinc('80011-0', 'Left ventricular internal systolic dimension - 2D'),
  'IVSd caliper null': loinc('79969-2', 'Interventricular septum diastolic dimension 2D'),
  'LVPWd caliper null': loinc('80032-6', 'Left ventricular posterior wall diastolic thickness'),
  'LA diameter caliper null': loinc('79975-9', 'Left atrial end systolic diameter (AP) 2D'),
  'Aortic root caliper null': loinc('79953-6', 'Aortic root diameter'),
  'RV basal diameter caliper null': loinc('80080-5', 'Right ventricular basal dimension 4C'),
  'LVOT diameter caliper null': loinc('80028-4', 'Left ventricular outflow tract dimension (2D)'),
};

/** null for one that modifiers have to tell. */
export const preCoordinatedCode = ({ name, method, view }: Pick<Measurement, 'name' | 'method' | 'view'>) =>
  preCoordinated[`${name} ${method} ${view}`] ?? null;

interface PostCoordinated {
  /** In the code: capitals. */
  readonly short: string;
  readonly type: Code;
  readonly observation: Code;
  readonly property: Code;
  readonly perSurface?: true;
  /** Of what is the patient's and has a published code: the concept itself, and where it is found. */
  readonly ofPatient?: { readonly concept: Code; readonly site: Code };
}

const { calculated, directlyMeasured, indexed, fractionalChange } = codes;
const { structureOfSite: structure, behaviourOfSite: behaviour, hemodynamic } = codes;
const { volume: volumes, area, length, thickness } = codes;
const wallThickness = { type: directlyMeasured, observation: structure, property: thickness } as const;
const heartRate = loinc('8867-4', 'Heart Rate');

/** What modifiers say of a number (PS3.16 TID 5302); those of which they would not say all are left out. */
export const postCoordinated: Readonly<Partial<Record<MeasurementName, PostCoordinated>>> = {
  EDV: { short: 'EDV', type: calculated, observation: structure, property: volumes },
  ESV: { short: 'ESV', type: calculated, observation: structure, property: volumes },
  EDVI: { short: 'EDVI', type: indexed, observation: structure, property: volumes, perSurface: true },
  ESVI: { short: 'ESVI', type: indexed, observation: structure, property: volumes, perSurface: true },
  EF: { short: 'EF', type: calculated, observation: behaviour, property: codes.ejectionFraction },
  SV: { short: 'SV', type: calculated, observation: behaviour, property: codes.strokeVolume },
  CO: { short: 'CO', type: calculated, observation: hemodynamic, property: codes.flowRate },
  CI: { short: 'CI', type: indexed, observation: hemodynamic, property: codes.flowRate, perSurface: true },
  'LV length ED': { short: 'LVLED', type: directlyMeasured, observation: structure, property: length },
  'LV length ES': { short: 'LVLES', type: directlyMeasured, observation: structure, property: length },
  'LV area ED': { short: 'LVAED', type: directlyMeasured, observation: structure, property: area },
  'LV area ES': { short: 'LVAES', type: directlyMeasured, observation: structure, property: area },
  FAC: { short: 'FAC', type: fractionalChange, observation: behaviour, property: area },
  'LAV max': { short: 'LAVMAX', type: calculated, observation: structure, property: volumes },
  'LAV min': { short: 'LAVMIN', type: calculated, observation: structure, property: volumes },
  'LAVI max': {
    ...{ short: 'LAVIMAX', type: indexed, observation: structure, property: volumes },
    perSurface: true,
  },
  'LV sphericity ED': { short: 'LVSPHED', type: codes.ratio, observation: structure, property: length },
  // The change of the contour's length, which is what that strain is.
  'Contour strain': { short: 'LVCSTR', type: fractionalChange, observation: behaviour, property: length },
  'Contour strain mid-wall': {
    ...{ short: 'LVMSTR', type: fractionalChange, observation: behaviour },
    property: length,
  },
  'LV wall basal ED': { short: 'LVWBED', ...wallThickness },
  'LV wall mid ED': { short: 'LVWMED', ...wallThickness },
  'LV wall apical ED': { short: 'LVWAED', ...wallThickness },
  LAEF: { short: 'LAEF', type: fractionalChange, observation: behaviour, property: volumes },
  'LA length max': { short: 'LALMAX', type: directlyMeasured, observation: structure, property: length },
  'LA area max': { short: 'LAAMAX', type: directlyMeasured, observation: structure, property: area },
  // Its published code is of the end of expiration, which nobody said.
  'IVC diameter': { short: 'IVC', type: directlyMeasured, observation: structure, property: codes.diameter },
  HR: {
    ...{ short: 'HR', type: calculated, observation: hemodynamic, property: heartRate },
    ofPatient: { concept: heartRate, site: codes.heart },
  },
  BSA: {
    ...{ short: 'BSA', type: calculated, observation: structure, property: area },
    ofPatient: { concept: codes.bodySurface, site: codes.wholeBody },
  },
};

const methodWords: Readonly<Partial<Record<Measurement['method'], string>>> = {
  'biplane-disks': 'MOD',
  'single-plane-disks': 'MOD',
  'area-length': 'AL',
  'biplane-area-length': 'AL',
};
const viewWords: Readonly<Record<string, string>> = { a4c: '4C', a2c: '2C', a3c: '3C', biplane: '2P' };

/** A code of our own for a number with its method and view, since no two of TID 5302 may share one. */
export function postCoordinatedCode({
  name,
  method,
  view,
}: Pick<Measurement, 'name' | 'method' | 'view'>): Code | null {
  const known = postCoordinated[name];
  if (known === undefined) return null;
  if (known.ofPatient !== undefined) return known.ofPatient.concept;
  const value = ['P', known.short, methodWords[method], view === null ? undefined : viewWords[view]]
    .filter((part) => part !== undefined)
    .join('_');
  const meaning = [name, methodCode(method)?.meaning, viewCode(view)?.meaning]
    .filter((part) => part !== undefined)
    .join(', ');
  return { scheme: ownScheme, value, meaning: plainText(meaning, 64) ?? name };
}
