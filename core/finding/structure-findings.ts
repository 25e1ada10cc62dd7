import type { PixelSpacing, Point } from '../geometry/point.ts';
import { distance, midpoint, signedArea } from '../geometry/polygon.ts';
import { message, type Message } from '../language/message.ts';
import type { ClipCurve } from '../measurement/clip-curve.ts';
import type { TracedFrame } from '../measurement/measure-in-picture.ts';
import { touchesSectorEdge } from '../measurement/sector-edge.ts';
import { protrusion } from '../myocardium/enclosure.ts';
import { leftAtrium, leftVentricularWall, type StructureId } from '../structure/structure.ts';
import { traceProblemWords } from '../trace/problem.ts';
import { tracePolyline } from '../trace/spline.ts';
import type { LandmarkedTrace } from '../trace/trace.ts';
import { landmarks } from '../trace/trace-measures.ts';
import { inMillimetres } from '../volume/long-axis.ts';
import { frameRanges } from '../wording/frame-number.ts';
import { structureText } from '../wording/structure.ts';
import type { ClipEvidence } from './clip-evidence.ts';
import type { Finding, FindingCode } from './finding.ts';
import { frameReferences } from './frame-references.ts';

/*
 * Limits as shares of the cavity's long axis, so that a child's heart is judged as an adult's and a clip without a scale is
 * judged at all. Both are choices.
 */

/** About 1 mm of an adult's axis of 85 mm: what two hands that draw the same border differ by on one place. */
const protrusionLimit = 0.015;
/** About 5 mm: as far as experts' mitral hinges scatter. */
const hingeLimit = 0.06;

/** What is wrong with the contours of wall and atrium: by themselves, and beside the cavity of their frame. */
export function structureFindings({ facts, review, curve, structures }: ClipEvidence): Finding[] {
  const found = (
    code: FindingCode,
    frames: readonly number[],
    told: (frames: Message) => Message,
  ): Finding[] =>
    frames.length === 0
      ? []
      : [
          {
            code,
            severity: 'warning',
            message: told(frameRanges(frames)),
            sources: frameReferences(facts.sopInstanceUid, frames),
          },
        ];
  const invalid = (structure: StructureId, frames: ReadonlyMap<number, TracedFrame>): Finding[] => {
    const bad = [...frames.values()].filter(({ problem }) => problem !== null && problem !== 'cut-off');
    const first = bad[0]?.problem ?? null;
    return first === null
      ? []
      : found(
          'structure-invalid',
          bad.map(({ frame }) => frame),
          (named) =>
            message('finding.structure-invalid', {
              structure: structureText({ id: structure, words: null }),
              frames: named,
              problem: traceProblemWords(first),
            }),
        );
  };
  const cutOff = [...structures.atrium.values()].flatMap(({ frame, problem }) =>
    problem === 'cut-off' ? [frame] : [],
  );
  const sector = review.run?.sector;
  const wallCutOff =
    sector === undefined
      ? []
      : [...structures.wall.values()].flatMap(({ frame, trace, measures }) =>
          measures !== null && touchesSectorEdge(trace, sector) ? [frame] : [],
        );
  return [
    ...found('wall-cut-off', wallCutOff, (frames) => message('finding.wall-cut-off', { frames })),
    ...found('atrium-cut-off', cutOff, (frames) => message('finding.atrium-cut-off', { frames })).map(
      // Nothing to check: the numbers that would be wrong are not given.
      (finding): Finding => ({ ...finding, severity: 'information' }),
    ),
    ...invalid(leftVentricularWall, structures.wall),
    ...invalid(leftAtrium, structures.atrium),
    ...found('wall-not-enclosing', besideCavity(structures.wall, curve, comesOut), (frames) =>
      message('finding.wall-not-enclosing', { frames }),
    ),
    ...found('atrium-off-base', besideCavity(structures.atrium, curve, isOffBase), (frames) =>
      message('finding.atrium-off-base', { frames, limit: 100 * hingeLimit }),
    ),
  ];
}

type Judge = (cavity: LandmarkedTrace, other: LandmarkedTrace, spacing: PixelSpacing) => boolean;

/** Frames on which a contour is wrong beside that of the cavity; frames without either are not judged. */
function besideCavity(
  frames: ReadonlyMap<number, TracedFrame>,
  { frames: cavities, spacing }: ClipCurve,
  isWrong: Judge,
): number[] {
  return [...frames.values()].flatMap(({ frame, trace, measures }) => {
    const cavity = cavities[frame];
    return measures && cavity?.measures && judged(isWrong, cavity.trace, trace, spacing) ? [frame] : [];
  });
}

interface Known extends PixelSpacing {
  readonly cavity: LandmarkedTrace;
  readonly wrong: boolean;
}

/** By the other structure's contour: while one frame is edited the others keep their judgement. */
const known = new WeakMap<LandmarkedTrace, Known>();

function judged(
  isWrong: Judge,
  cavity: LandmarkedTrace,
  other: LandmarkedTrace,
  { mmPerPixelX, mmPerPixelY }: PixelSpacing,
): boolean {
  const before = known.get(other);
  const same =
    before?.cavity === cavity && before.mmPerPixelX === mmPerPixelX && before.mmPerPixelY === mmPerPixelY;
  if (same) return before.wrong;
  const wrong = isWrong(cavity, other, { mmPerPixelX, mmPerPixelY });
  known.set(other, { cavity, mmPerPixelX, mmPerPixelY, wrong });
  return wrong;
}

const comesOut: Judge = (cavity, wall, spacing) => {
  const { sides, base } = protrusion(
    inMillimetres(tracePolyline(cavity), spacing),
    inMillimetres(tracePolyline(wall), spacing),
  );
  const length = marksOf(cavity, spacing).length;
  return sides > protrusionLimit * length || base > hingeLimit * length;
};

/** The hinges of the two lie apart, or the atrium lies on the ventricle's side of them. */
const isOffBase: Judge = (cavity, atrium, spacing) => {
  const own = marksOf(cavity, spacing);
  const other = marksOf(atrium, spacing);
  const apart = Math.min(
    Math.max(distance(own.first, other.first), distance(own.second, other.second)),
    Math.max(distance(own.first, other.second), distance(own.second, other.first)),
  );
  const side = (point: Point) => Math.sign(signedArea([own.first, own.second, point]));
  return apart > hingeLimit * own.length || side(own.apex) === side(other.apex);
};

function marksOf(trace: LandmarkedTrace, spacing: PixelSpacing) {
  const marks = landmarks(trace);
  const [first, second, apex] = inMillimetres([marks.first, marks.second, marks.apex], spacing) as [
    Point,
    Point,
    Point,
  ];
  return { first, second, apex, length: distance(midpoint(first, second), apex) };
}
