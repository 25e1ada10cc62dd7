import { message } from '../language/message.ts';
import type { ClipCurve, TracedFrame } from '../measurement/clip-curve.ts';
import { isByReader, type LandmarkedTrace } from '../trace/trace.ts';
import type { ClipEvidence } from './clip-evidence.ts';
import type { Finding } from './finding.ts';
import { quantile } from '../beat/extrema.ts';

/** The long axis of an apical view may lean this far from straight down before it is none, degrees. */
const largestLean = 60;
/** Length over width of a half-ellipse of the same area; below this the cavity is as round as in a short axis. */
const roundest = 1.05;
/** Share of the frames that jump from which contours do not belong to one ventricle. */
const largestJumpingShare = 0.2;
/** A change of area from one frame to the next that no ventricle makes, as a share. */
const jump = 0.35;
/** Contours that it takes to judge. */
const leastFrames = 3;

/**
 * Flags contours of a model that do not look like a left ventricle: the model draws one into whatever it is shown.
 * Where a person has looked at the clip and named its view, the shape of the view is not doubted; that contours
 * jump has nothing to do with the view.
 */
export function shapeFindings({ curve, review }: ClipEvidence): Finding[] {
  const traced = curve.frames.filter(
    (frame): frame is TracedFrame => frame !== null && !isByReader(frame.trace),
  );
  if (traced.length < leastFrames) return [];
  const isNamed = review.view.source === 'user' && review.view.code !== 'unknown';
  return [...(isNamed ? [] : viewFindings(traced, curve)), ...jumpFindings(traced)];
}

/** Judged by the median over the clip, so that one bad frame does not make the view wrong. */
function viewFindings(traced: readonly TracedFrame[], curve: ClipCurve): Finding[] {
  const { mmPerPixelX: scaleX, mmPerPixelY: scaleY } = curve.spacing;
  const shapes = traced.flatMap(({ trace, measures }) =>
    measures === null ? [] : [shapeOf(trace, measures.area, scaleX, scaleY)],
  );
  if (shapes.length < leastFrames) return [];
  const lean = quantile(
    shapes.map((shape) => shape.leanDegrees),
    0.5,
  );
  const lengthToWidth = quantile(
    shapes.map((shape) => shape.lengthToWidth),
    0.5,
  );
  const doubt =
    lean > largestLean
      ? message('finding.view-doubtful.leans', { degrees: lean })
      : lengthToWidth < roundest
        ? message('finding.view-doubtful.round')
        : null;
  if (doubt === null) return [];
  return [
    {
      code: 'view-doubtful',
      severity: 'warning',
      message: doubt,
      sources: [],
    },
  ];
}

interface Shape {
  /** Angle of the axis from base to apex against straight up, degrees. */
  readonly leanDegrees: number;
  readonly lengthToWidth: number;
}

/** @param area in the unit of the scale, squared */
function shapeOf(
  { points, apexIndex }: LandmarkedTrace,
  area: number,
  scaleX: number,
  scaleY: number,
): Shape {
  const [firstX, firstY] = points[0]!;
  const [lastX, lastY] = points.at(-1)!;
  const [apexX, apexY] = points[apexIndex]!;
  const across = ((firstX + lastX) / 2 - apexX) * scaleX;
  const down = ((firstY + lastY) / 2 - apexY) * scaleY;
  const length = Math.hypot(across, down);
  // A half-ellipse has area π/4 · length · width.
  return {
    leanDegrees: (Math.atan2(Math.abs(across), down) * 180) / Math.PI,
    lengthToWidth: (Math.PI * length ** 2) / (4 * Math.max(area, 1e-9)),
  };
}

function jumpFindings(traced: readonly TracedFrame[]): Finding[] {
  const share = jumpingShare(traced);
  if (share <= largestJumpingShare) return [];
  return [
    {
      code: 'area-jumps',
      severity: 'warning',
      message: message('finding.area-jumps', { limit: 100 * jump, share: 100 * share }),
      sources: [],
    },
  ];
}

function jumpingShare(traced: readonly TracedFrame[]): number {
  let pairs = 0;
  let jumps = 0;
  traced.forEach(({ frame, measures }, index) => {
    const before = traced[index - 1];
    if (measures === null || before?.frame !== frame - 1 || before.measures === null) return;
    pairs += 1;
    if (Math.abs(measures.area - before.measures.area) > jump * before.measures.area) jumps += 1;
  });
  return pairs < leastFrames ? 0 : jumps / pairs;
}
