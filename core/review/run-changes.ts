import { leftVentricularCavity, type StructureId } from '../structure/structure.ts';
import { endingOn } from '../trace/shared-ends.ts';
import { hasLandmarks, isByReader, type Trace } from '../trace/trace.ts';
import type { Change, ClipReview, RunRecord } from './review.ts';
import { sameValue } from './same-value.ts';
import { traceAt, tracedStructures } from './traces.ts';

/** What a run found, by structure and frame; null where it found no contour; frames not reached are absent. */
export type RunTraces = ReadonlyMap<StructureId, ReadonlyMap<number, Trace | null>>;

/**
 * The changes that a finished or stopped run makes to a clip. What a person drew or corrected is kept: a run
 * writes only frames that have no trace, or one that came from a model, moved by a correction elsewhere or not. Beside a
 * cavity that is kept, what it found ends on that one's hinges.
 *
 * @param traces what the model found
 */
export function runChanges(
  sopInstanceUid: string,
  clip: ClipReview,
  traces: RunTraces,
  record: RunRecord,
): Change[] {
  const changes: Change[] = [];
  const covered: Record<StructureId, Record<number, Trace | null>> = {};
  for (const [structure, found] of withWhatGoes(clip, traces)) {
    for (const [frame, drawn] of [...found].sort(([a], [b]) => a - b)) {
      const before = traceAt(clip, structure, frame);
      const after = besideKept(clip, structure, frame, drawn);
      if (before !== null && isByReader(before)) {
        (covered[structure] ??= {})[frame] = after;
        continue;
      }
      if (sameValue(before, after)) continue;
      changes.push({ slot: 'trace', sopInstanceUid, structure, frame, before, after });
    }
  }
  const after = Object.keys(covered).length === 0 ? record : { ...record, covered };
  changes.push({ slot: 'run', sopInstanceUid, before: clip.run, after });
  return changes;
}

/** A contour beside the cavity's with its ends on those of one that a person drew. */
function besideKept(
  clip: ClipReview,
  structure: StructureId,
  frame: number,
  drawn: Trace | null,
): Trace | null {
  const cavity = structure === leftVentricularCavity ? null : traceAt(clip, leftVentricularCavity, frame);
  const stands = cavity !== null && isByReader(cavity) && hasLandmarks(cavity);
  return drawn !== null && stands && hasLandmarks(drawn) ? endingOn(drawn, cavity) : drawn;
}

/**
 * What a run found, and nothing of structures that it does not draw: what an earlier model drew of them belongs to that
 * one's cavities, which go.
 */
function withWhatGoes(clip: ClipReview, traces: RunTraces): RunTraces {
  const frames = new Set([...traces.values()].flatMap((found) => [...found.keys()]));
  const gone = tracedStructures(clip)
    .filter((structure) => !traces.has(structure))
    .map((structure): [StructureId, ReadonlyMap<number, Trace | null>] => {
      const drawn = [...frames].filter((frame) => {
        const trace = traceAt(clip, structure, frame);
        return trace !== null && !isByReader(trace);
      });
      return [structure, new Map(drawn.map((frame) => [frame, null]))];
    });
  return new Map([...traces, ...gone]);
}
