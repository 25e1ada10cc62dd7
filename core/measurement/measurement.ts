import type { ViewCode } from '../clip/view.ts';
import type { MeasurementName, MeasurementUnit } from '../quantity/quantities.ts';

export type { MeasurementName, MeasurementUnit };

export type MeasurementMethod =
  | 'biplane-disks'
  | 'single-plane-disks'
  | 'area-length'
  | 'biplane-area-length'
  | 'contour'
  | 'caliper'
  | 'mean-of-views'
  | 'frame-times'
  | 'du-bois'
  | 'mosteller'
  | 'entered'
  | 'file';

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
