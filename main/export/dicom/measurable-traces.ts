import type { ClipFacts } from '../../../core/clip/clip.ts';
import { clipCurve } from '../../../core/measurement/clip-curve.ts';
import { structureFrames } from '../../../core/measurement/structure-frames.ts';
import { untraceable } from '../../../core/measurement/untraceable.ts';
import type { ClipReview } from '../../../core/review/review.ts';
import { tracedStructures, tracesOf } from '../../../core/review/traces.ts';
import { leftAtrium, leftVentricularCavity, leftVentricularWall } from '../../../core/structure/structure.ts';
import { traceProblem } from '../../../core/trace/problem.ts';
import type { Trace } from '../../../core/trace/trace.ts';

const measuredStructures = [leftVentricularCavity, leftVentricularWall, leftAtrium];

/** The contours of a clip that a number may be read from: what is refused inside is no number in a report either. */
export function measurableTraces(facts: ClipFacts, review: ClipReview): ReadonlySet<Trace> {
  if (untraceable(facts, review) !== null) return new Set();
  const curve = clipCurve(facts, review);
  const { wall, atrium } = structureFrames(facts, review, curve);
  const measured = [...curve.frames, ...wall.values(), ...atrium.values()].flatMap((traced) =>
    traced === null || traced.measures === null ? [] : [traced.trace],
  );
  const ofOthers = tracedStructures(review)
    .filter((structure) => !measuredStructures.includes(structure))
    .flatMap((structure) => Object.values(tracesOf(review, structure)))
    .filter((trace) => traceProblem(trace) === null);
  return new Set<Trace>([...measured, ...ofOthers]);
}
