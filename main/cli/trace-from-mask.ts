import { structuresBesideCavity } from '../../core/model/drawn-structures.ts';
import { leftVentricularCavity, type StructureId } from '../../core/structure/structure.ts';
import type { BesideCavityOptions } from '../../core/trace/beside-cavity.ts';
import { traceFromProbability } from '../../core/trace/from-probability.ts';
import { hasLandmarks, type Trace } from '../../core/trace/trace.ts';
import { traceBesideCavity } from '../../core/trace/trace-beside-cavity.ts';
import type { Point } from '../../core/geometry/point.ts';
import type { CorrectionMask } from './correction-mask.ts';

/**
 * The contour of a structure in a mask of it, as one is made of a model's map: that of `lv-wall` holds all within the
 * epicardium. Wall and atrium begin and end on the cavity's hinges.
 *
 * @param cavity contour of the same frame
 * @returns in words why there is none, beginning after "the mask …"
 */
export function traceFromMask(
  structure: StructureId,
  { rows, columns, data }: CorrectionMask,
  cavity: Trace | null,
  options: BesideCavityOptions,
): Trace | string {
  const map = Float32Array.from(data);
  if (structure === leftVentricularCavity) {
    return traceFromProbability(map, rows, columns, options).trace ?? 'holds no left ventricle';
  }
  const beside = structuresBesideCavity.find((id) => id === structure);
  if (beside === undefined) throw new Error(`no contour is made of a mask of ${structure}`);
  if (cavity === null || !hasLandmarks(cavity)) {
    return 'is of a frame whose cavity has no contour, on whose hinges its own begins and ends';
  }
  const place = { rows, columns, inputPoint: (point: Point) => point, imagePoint: (point: Point) => point };
  return traceBesideCavity[beside](map, place, cavity, options) ?? `holds nothing that is ${structure}`;
}
