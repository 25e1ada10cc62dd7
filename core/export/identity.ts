/**
 * What an export tells of the patient. `named`: everything, names of files and tables too. `unnamed`: names of files and
 * tables leave the patient out, DICOM objects and reports do not. The others are presets of de-identification (PS3.15
 * annex E), which the application offers where it can.
 */
export const exportIdentities = ['unnamed', 'named', 'sharing', 'longitudinal', 'internal'] as const;
export type ExportIdentity = (typeof exportIdentities)[number];
