import { isByReader } from '../trace/trace.ts';
import { message } from '../language/message.ts';
import type { ClipCurve, TracedFrame } from '../measurement/clip-curve.ts';
import { frameRanges } from '../wording/frame-number.ts';
import type { ClipEvidence } from './clip-evidence.ts';
import type { Finding } from './finding.ts';
import { frameReferences } from './frame-references.ts';

/** A corrected frame this far from what its neighbours suggest has no like in a beating heart. */
const largestDifference = 0.15;
/** How many frames away a neighbour may be found. */
const farthestNeighbour = 3;

/**
 * Flags corrected and hand-drawn contours that their neighbours contradict: one corrected frame alone is a spike in the
 * curve that no ventricle makes, and EF moves by it. Judged by volume, without calibration by area, against the
 * course of the curve through the frames on either side that nobody has corrected, else through the nearest ones.
 */
export function correctionFindings({ facts, curve }: ClipEvidence): Finding[] {
  const differences = curve.frames.flatMap((traced) => {
    if (traced === null || !isByReader(traced.trace)) return [];
    const difference = differenceAt(curve, traced.frame);
    return difference !== null && Math.abs(difference) > largestDifference
      ? [{ frame: traced.frame, difference }]
      : [];
  });
  if (differences.length === 0) return [];
  const frames = differences.map(({ frame }) => frame);
  const greatest = Math.max(...differences.map(({ difference }) => Math.abs(difference)));
  return [
    {
      code: 'correction-disagrees',
      severity: 'warning',
      message: message('finding.correction-disagrees', {
        quantity: curve.unit === 'mL' ? 'volume' : 'other',
        percent: 100 * greatest,
        frames: frameRanges(frames),
      }),
      sources: frameReferences(facts.sopInstanceUid, frames),
    },
  ];
}

/** How far a frame lies from its neighbours' course, as a share of that; null where it has no neighbour on a side. */
function differenceAt(curve: ClipCurve, frame: number): number | null {
  const untouched = courseAt(curve, frame, ({ trace }) => !isByReader(trace));
  const expected = untouched ?? courseAt(curve, frame, () => true);
  const value = curve.curve[frame] ?? null;
  return expected === null || value === null || !(expected > 0) ? null : (value - expected) / expected;
}

interface Neighbour {
  readonly frame: number;
  readonly value: number;
}

/** The value at a frame by the polynomial through up to two neighbours on either side. */
function courseAt(curve: ClipCurve, frame: number, counts: (traced: TracedFrame) => boolean): number | null {
  const found = (step: 1 | -1): Neighbour[] => {
    const neighbours: Neighbour[] = [];
    for (let away = 1; away <= farthestNeighbour && neighbours.length < 2; away++) {
      const traced = curve.frames[frame + step * away] ?? null;
      const value = curve.curve[frame + step * away] ?? null;
      if (traced !== null && value !== null && counts(traced))
        neighbours.push({ frame: traced.frame, value });
    }
    return neighbours;
  };
  const before = found(-1);
  const after = found(1);
  if (before.length === 0 || after.length === 0) return null;
  // The second ones bend the course as the heart does at ED and ES; alone on one side they would tilt it.
  const bent = before.length === 2 && after.length === 2;
  return through(bent ? [...before, ...after] : [before[0]!, after[0]!], frame);
}

/** Lagrange's polynomial through neighbours. */
function through(neighbours: readonly Neighbour[], frame: number): number {
  return neighbours.reduce((sum, one) => {
    const weight = neighbours.reduce(
      (product, other) =>
        other === one ? product : (product * (frame - other.frame)) / (one.frame - other.frame),
      1,
    );
    return sum + weight * one.value;
  }, 0);
}
