import type { ViewCode } from '../clip/view.ts';

export type MeasurementName =
  | 'EDV'
  | 'ESV'
  | 'SV'
  | 'EF'
  | 'EDVI'
  | 'ESVI'
  | 'CO'
  | 'CI'
  | 'HR'
  | 'BSA'
  | 'LV length ED'
  | 'LV length ES'
  | 'LV area ED'
  | 'LV area ES'
  | 'FAC';

export type MeasurementMethod =
  | 'biplane-disks'
  | 'single-plane-disks'
  | 'area-length'
  | 'contour'
  | 'frame-times'
  | 'du-bois'
  | 'mosteller'
  | 'entered'
  | 'file';

export type MeasurementUnit =
  'mL' | '%' | 'mm' | 'mm²' | 'px' | 'px²' | 'bpm' | 'm²' | 'mL/m²' | 'L/min' | 'L/min/m²';

/** The frame of a clip that a number was read from. */
export interface FrameReference {
  readonly sopInstanceUid: string;
  readonly frame: number;
}

/** A number with unit, method and sources, recomputed from traces whenever asked, never stored as truth. */
export interface Measurement {
  readonly name: MeasurementName;
  readonly method: MeasurementMethod;
  readonly view: ViewCode | 'biplane' | null;
  readonly value: number;
  readonly unit: MeasurementUnit;
  /** Index into the clip's beats; null for means over beats, biplane and patient-level numbers. */
  readonly beat: number | null;
  readonly sources: readonly FrameReference[];
}
