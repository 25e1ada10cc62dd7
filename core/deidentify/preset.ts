import type { ProfileOption } from './profile-table.ts';

export const presetNames = ['sharing', 'longitudinal', 'internal'] as const;
export type PresetName = (typeof presetNames)[number];

/**
 * Options of PS3.15 annex E.3 by what a study is to be used for. `sharing`: nobody outside learns who, where and when;
 * `longitudinal`: age, body and scanner stay, and intervals between examinations; `internal`: UIDs too, so that what comes
 * back finds its clips.
 */
export const presets: Readonly<Record<PresetName, readonly ProfileOption[]>> = {
  sharing: ['descriptors'],
  longitudinal: ['descriptors', 'modifiedDates', 'patient', 'device'],
  internal: ['descriptors', 'modifiedDates', 'patient', 'device', 'uids'],
};

/** Method codes of PS3.16 CID 7050, scheme DCM. */
export const methodCodes = {
  basic: { value: '113100', meaning: 'Basic Application Confidentiality Profile' },
  pixels: { value: '113101', meaning: 'Clean Pixel Data Option' },
  graphics: { value: '113103', meaning: 'Clean Graphics Option' },
  structured: { value: '113104', meaning: 'Clean Structured Content Option' },
  descriptors: { value: '113105', meaning: 'Clean Descriptors Option' },
  fullDates: {
    value: '113106',
    meaning: 'Retain Longitudinal Temporal Information Full Dates Option',
  },
  modifiedDates: {
    value: '113107',
    meaning: 'Retain Longitudinal Temporal Information Modified Dates Option',
  },
  patient: { value: '113108', meaning: 'Retain Patient Characteristics Option' },
  device: { value: '113109', meaning: 'Retain Device Identity Option' },
  uids: { value: '113110', meaning: 'Retain UIDs Option' },
  private: { value: '113111', meaning: 'Retain Safe Private Option' },
  institution: { value: '113112', meaning: 'Retain Institution Identity Option' },
} as const satisfies Readonly<
  Record<ProfileOption | 'basic' | 'pixels', { readonly value: string; readonly meaning: string }>
>;
