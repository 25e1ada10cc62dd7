import { traceAt } from '../../../core/review/traces.ts';
import {
  leftAtrium,
  leftVentricularCavity,
  leftVentricularWall,
  type StructureId,
} from '../../../core/structure/structure.ts';
import { traceProblem } from '../../../core/trace/problem.ts';
import { rasterizeTrace } from '../../../core/trace/rasterize.ts';
import type { Trace } from '../../../core/trace/trace.ts';
import type { ResearchClip } from '../research/measurement-rows.ts';

/** Structures that have a label, in the order of their labels in CAMUS: cavity 1, myocardium 2, left atrium 3. */
export const labelledStructures: readonly StructureId[] = [
  leftVentricularCavity,
  leftVentricularWall,
  leftAtrium,
];

/** The contour of a structure on a frame, where it encloses something once. */
export function labelledTrace(clip: ResearchClip, structure: StructureId, frame: number): Trace | null {
  const trace = traceAt(clip.review, structure, frame);
  return trace === null || traceProblem(trace) !== null ? null : trace;
}

/** Structures that a frame has such a contour of, in the order of their labels. */
export const structuresOn = (clip: ResearchClip, frame: number): StructureId[] =>
  labelledStructures.filter((structure) => labelledTrace(clip, structure, frame) !== null);

/**
 * A frame's labels, row-major: its masks, those of later structures below those of earlier ones. What of the wall's mask
 * is not cavity is myocardium.
 *
 * @param labels label of each structure that is to be in it
 */
export function labelMap(
  clip: ResearchClip,
  frame: number,
  labels: ReadonlyMap<StructureId, number>,
): Uint8Array {
  const { rows, columns } = clip.facts;
  const map = new Uint8Array(rows * columns);
  for (const structure of labelledStructures.toReversed()) {
    const label = labels.get(structure);
    const trace = label === undefined ? null : labelledTrace(clip, structure, frame);
    if (label === undefined || trace === null) continue;
    const mask = rasterizeTrace(trace, rows, columns);
    for (let pixel = 0; pixel < mask.length; pixel++) if (mask[pixel]! > 0) map[pixel] = label;
  }
  return map;
}

/** Labels as CAMUS has them. */
export const camusLabels: ReadonlyMap<StructureId, number> = new Map(
  labelledStructures.map((structure, index) => [structure, index + 1]),
);
