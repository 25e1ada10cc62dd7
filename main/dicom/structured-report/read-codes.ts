import type {
  Measurement,
  MeasurementMethod,
  MeasurementName,
} from '../../../core/measurement/measurement.ts';
import type { DistanceName } from '../../../core/mark/distance-name.ts';
import type { Code } from '../write/codes.ts';
import { legacyCodes } from '../write/legacy-codes.ts';
import type { ReadCode } from './content-tree.ts';

const dicom = (value: string, meaning: string) => ({ scheme: 'DCM', value, meaning }) as const;
const snomed = (value: string, meaning: string) => ({ scheme: 'SCT', value, meaning }) as const;
const ucum = (value: string) => ({ scheme: 'UCUM', value, meaning: value }) as const;

/** Codes that others write and Systola only reads; all that it writes too are in write/codes.ts. */
export const readCodes = {
  mostRecentChosen: dicom('121411', 'Most recent value chosen'),
  motionMode: snomed('399155008', 'M mode'),
  threeDimensional: snomed('426865009', '3D mode'),
  // Units of the same quantities in other sizes.
  litre: ucum('l'),
  cubicCentimetre: ucum('cm3'),
  millimetre: ucum('mm'),
  metre: ucum('m'),
  squareMillimetre: ucum('mm2'),
  perMinute: ucum('/min'),
  millilitrePerMinute: ucum('ml/min'),
} as const satisfies Readonly<Record<string, Code>>;

/** SNOMED CT by SNOMED RT: what is written as either, and what is only read. */
const currentValues: ReadonlyMap<string, string> = new Map([
  ...Object.entries(legacyCodes).map(([current, legacy]) => [legacy, current] as const),
  ['G-0394', readCodes.motionMode.value],
]);

const loinc = (
  value: string,
  meaning: string,
  name: MeasurementName,
  method: MeasurementMethod | null,
  view: Measurement['view'],
) => ({ code: { scheme: 'LN', value, meaning } as const, name, method, view });

const linear = (value: string, meaning: string, name: DistanceName) =>
  loinc(value, meaning, name, 'caliper', null);

/** Concepts that say method and view themselves (PS3.16 CID 12300), as TID 5300 has them. */
export const precoordinated = [
  loinc('79996-5', 'Left ventricular end diastolic volume biplane (MOD)', 'EDV', 'biplane-disks', 'biplane'),
  loinc(
    '79999-9',
    'Left ventricular end diastolic volume single plane 4C (MOD)',
    'EDV',
    'single-plane-disks',
    'a4c',
  ),
  loinc(
    '79998-1',
    'Left ventricular end diastolic volume single plane 2C (MOD)',
    'EDV',
    'single-plane-disks',
    'a2c',
  ),
  loinc(
    '79997-3',
    'Left ventricular end diastolic volume biplane (MOD) / BSA',
    'EDVI',
    'biplane-disks',
    'biplane',
  ),
  loinc('80001-1', 'Left ventricular end systolic volume biplane (MOD)', 'ESV', 'biplane-disks', 'biplane'),
  loinc(
    '80004-5',
    'Left ventricular end systolic volume single plane 4C (MOD)',
    'ESV',
    'single-plane-disks',
    'a4c',
  ),
  loinc(
    '80003-7',
    'Left ventricular end systolic volume single plane 2C (MOD)',
    'ESV',
    'single-plane-disks',
    'a2c',
  ),
  loinc(
    '80002-9',
    'Left ventricular end systolic volume biplane (MOD) / BSA',
    'ESVI',
    'biplane-disks',
    'biplane',
  ),
  loinc('79991-6', 'Left ventricular ejection fraction biplane (MOD)', 'EF', 'biplane-disks', 'biplane'),
  loinc(
    '79993-2',
    'Left ventricular ejection fraction single plane 4C (MOD)',
    'EF',
    'single-plane-disks',
    'a4c',
  ),
  loinc(
    '79992-4',
    'Left ventricular ejection fraction single plane 2C (MOD)',
    'EF',
    'single-plane-disks',
    'a2c',
  ),
  loinc('79990-8', 'Left ventricular ejection fraction 3D', 'EF', null, null),
  loinc('79983-3', 'Left atrial end systolic volume biplane (MOD)', 'LAV max', 'biplane-disks', 'biplane'),
  loinc(
    '79984-1',
    'Left atrial end systolic volume biplane (MOD) / BSA',
    'LAVI max',
    'biplane-disks',
    'biplane',
  ),
  loinc(
    '79986-6',
    'Left atrial end systolic volume single plane 4C (MOD)',
    'LAV max',
    'single-plane-disks',
    'a4c',
  ),
  loinc(
    '79985-8',
    'Left atrial end systolic volume single plane 2C (MOD)',
    'LAV max',
    'single-plane-disks',
    'a2c',
  ),
  loinc(
    '79981-7',
    'Left atrial end systolic volume biplane (area-length)',
    'LAV max',
    'biplane-area-length',
    'biplane',
  ),
  loinc(
    '79982-5',
    'Left atrial end systolic volume biplane (area-length) / BSA',
    'LAVI max',
    'biplane-area-length',
    'biplane',
  ),
  linear('80007-8', 'Left ventricular internal diastolic dimension - 2D', 'LVIDd'),
  linear('80011-0', 'Left ventricular internal systolic dimension - 2D', 'LVIDs'),
  linear('79969-2', 'Interventricular septum diastolic dimension 2D', 'IVSd'),
  linear('80032-6', 'Left ventricular posterior wall diastolic thickness', 'LVPWd'),
  linear('79975-9', 'Left atrial end systolic diameter (AP) 2D', 'LA diameter'),
  linear('79953-6', 'Aortic root diameter', 'Aortic root'),
] as const;

/** As which files call SNOMED RT, older ones included. */
const legacySchemes: readonly string[] = ['SRT', '99SDM', 'SNM3'];

/** "SCT 87878005": by which codes are compared, one of SNOMED RT as the one of SNOMED CT that it became. */
export function codeKey({ scheme, value }: Pick<ReadCode, 'scheme' | 'value'>): string {
  if (!legacySchemes.includes(scheme)) return `${scheme} ${value}`;
  const current = currentValues.get(value);
  return current === undefined ? `SRT ${value}` : `SCT ${current}`;
}

export const isCode = (read: ReadCode | null, code: Code): boolean =>
  read !== null && codeKey(read) === codeKey(code);
