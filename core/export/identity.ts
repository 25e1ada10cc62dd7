import { presetNames, type PresetName } from '../deidentify/preset.ts';

/**
 * What an export tells of the patient. `named`: everything, names of files and tables too. `unnamed`: names of files and
 * tables leave the patient out, DICOM objects and reports do not. The others are presets of de-identification (PS3.15
 * annex E).
 */
export const exportIdentities = ['unnamed', 'named', ...presetNames] as const;
export type ExportIdentity = (typeof exportIdentities)[number];

/** Whether what is exported leaves without its patient. */
export const isDeidentified = (identity: ExportIdentity): identity is PresetName =>
  identity !== 'unnamed' && identity !== 'named';

const named: ReadonlySet<string> = new Set(['pdf', 'dicom-pdf']);

/** Whether a format does not leave de-identified: pages for eyes, which hold what somebody wrote. */
export const namesPatient = (format: string): boolean => named.has(format);

/** Whether a format can be written for this identity. */
export const isFormatFor = (format: string, identity: ExportIdentity): boolean =>
  !isDeidentified(identity) || !namesPatient(format);
