import type { StructureBesideCavity } from '../model/drawn-structures.ts';
import { atriumFromMap } from './atrium-from-map.ts';
import type { BesideCavityOptions, MapPlace } from './beside-cavity.ts';
import type { LandmarkedTrace } from './trace.ts';
import { wallFromMap } from './wall-from-map.ts';

type TraceBesideCavity = (
  map: Float32Array,
  place: MapPlace,
  cavity: LandmarkedTrace,
  options: BesideCavityOptions,
) => LandmarkedTrace | null;

/** How each structure beside the cavity is traced in a map of it. */
export const traceBesideCavity: Readonly<Record<StructureBesideCavity, TraceBesideCavity>> = {
  'lv-wall': wallFromMap,
  'left-atrium': atriumFromMap,
};
