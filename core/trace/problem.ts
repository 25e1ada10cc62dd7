import { crossesItself, distance, midpoint, polygonArea } from '../geometry/polygon.ts';
import { message, type Message } from '../language/message.ts';
import { tracePolyline } from './spline.ts';
import type { Trace, TraceProblem } from './trace.ts';

/** Pixels, or square pixels, below which a length or an area is nothing that could be a ventricle. */
const leastLengthPx = 1;
const leastAreaPx = 4;

const known = new WeakMap<Trace, TraceProblem | 'none'>();

/** Why a trace cannot be measured; null when it can. Never throws, whatever the trace holds. */
export function traceProblem(trace: Trace): TraceProblem | null {
  let problem = known.get(trace);
  if (problem === undefined) {
    problem = findProblem(trace) ?? 'none';
    known.set(trace, problem);
  }
  return problem === 'none' ? null : problem;
}

/** One sentence for a person about a {@link TraceProblem}. */
export const traceProblemWords = (problem: TraceProblem): Message => message(`trace.problem.${problem}`);

function findProblem(trace: Trace): TraceProblem | null {
  const { points, apexIndex } = trace;
  if (points.length < 5) return 'too-few-points';
  if (!points.every(([x, y]) => Number.isFinite(x) && Number.isFinite(y))) return 'not-finite';
  if (apexIndex !== null) {
    const apex = points[apexIndex];
    if (apex === undefined || apexIndex <= 0 || apexIndex >= points.length - 1) return 'too-few-points';
    const first = points[0]!;
    const last = points[points.length - 1]!;
    if (distance(first, last) < leastLengthPx) return 'zero-length';
    if (distance(midpoint(first, last), apex) < leastLengthPx) return 'zero-length';
  }
  const polyline = tracePolyline(trace);
  if (!polyline.every(([x, y]) => Number.isFinite(x) && Number.isFinite(y))) return 'not-finite';
  if (polygonArea(polyline) < leastAreaPx) return 'zero-area';
  if (crossesItself(apexIndex === null ? polyline.slice(0, -1) : polyline)) return 'self-crossing';
  return null;
}
