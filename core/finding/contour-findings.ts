import type { Box } from '../geometry/point.ts';
import type { TracedFrame } from '../measurement/clip-curve.ts';
import { possibleVolumeMl } from '../reference-limits/possible-volume.ts';
import { traceProblemWords } from '../trace/problem.ts';
import type { Trace } from '../trace/trace.ts';
import { measureTrace, traceBox } from '../trace/trace-measures.ts';
import { decimalText, plainNumberText } from '../wording/number-text.ts';
import type { ClipEvidence } from './clip-evidence.ts';
import { confidenceFindings } from './confidence-findings.ts';
import type { Finding } from './finding.ts';
import { frameRanges } from '../wording/frame-number.ts';
import { frameReferences } from './frame-references.ts';

/** How near the sector's edge a contour has to come, as a share of the sector's width or height. */
const edgeShare = 0.01;

/** What is missing or doubtful about the contours of a clip. */
export function contourFindings(evidence: ClipEvidence): Finding[] {
  const traced = evidence.curve.frames.filter((frame) => frame !== null);
  if (traced.length === 0) return [untraced(evidence)];
  const usable = traced.filter((frame) => frame.measures !== null);
  return [
    ...invalid(evidence, traced),
    ...impossible(evidence, traced),
    ...missing(evidence, traced),
    ...atSectorEdge(evidence, usable),
    ...tilted(evidence),
    ...confidenceFindings(evidence),
    ...identical(evidence, usable),
  ];
}

function untraced({ facts, review }: ClipEvidence): Finding {
  const unsegmented = unsegmentedFrames(review);
  if (unsegmented.size >= facts.frames) {
    return {
      code: 'no-contour',
      severity: 'refusal',
      message:
        'The model could be given no frame of this clip, or made nothing of any: there is nothing to measure.',
      sources: [],
    };
  }
  return review.run?.complete === true
    ? {
        code: 'no-contour',
        severity: 'refusal',
        message: 'The model found no left ventricle in any frame. Draw contours by hand, or check the view.',
        sources: [],
      }
    : {
        code: 'not-traced',
        severity: 'refusal',
        message: `No frame has a contour yet${facts.frames > 1 ? '' : ' (a still)'}. Run the model, or draw contours by hand.`,
        sources: [],
      };
}

/** Frames that the model was not shown or made nothing of; their own findings say so. */
function unsegmentedFrames({ run }: ClipEvidence['review']): ReadonlySet<number> {
  const { noPicture = [], notFinite = [], undecodable = [] } = run?.unsegmented ?? {};
  return new Set([...noPicture, ...notFinite, ...undecodable]);
}

/** Contours that come to a volume that no heart has: they or their scale are wrong, and no number rests on them. */
function impossible({ facts, curve }: ClipEvidence, traced: readonly TracedFrame[]): Finding[] {
  const frames = traced.filter(({ problem }) => problem === 'impossible-volume').map(({ frame }) => frame);
  if (frames.length === 0) return [];
  const { least, greatest } = possibleVolumeMl;
  const volumes = frames.map(
    (frame) => (measureTrace(curve.frames[frame]!.trace, curve.spacing).measures?.volume ?? 0) / 1000,
  );
  const [low, high] = [Math.min(...volumes), Math.max(...volumes)];
  const worst =
    high > greatest ? `${decimalText(high, 0)} mL` : `${plainNumberText(Number(low.toPrecision(1)))} mL`;
  return [
    {
      code: 'volume-impossible',
      severity: 'refusal',
      message: `Contours come to ${worst}, which no heart has (limits ${least} and ${greatest} mL): these frames are not measured (${frameRanges(frames)}, ${frames.length} of ${facts.frames}). Check the contours, and the scale by a ruler on the depth marks.`,
      sources: frameReferences(facts.sopInstanceUid, frames),
    },
  ];
}

function invalid({ facts }: ClipEvidence, traced: readonly TracedFrame[]): Finding[] {
  const bad = traced.filter(({ problem }) => problem !== null && problem !== 'impossible-volume');
  const first = bad[0];
  if (first === undefined) return [];
  const frames = bad.map(({ frame }) => frame);
  return [
    {
      code: 'trace-invalid',
      severity: 'warning',
      message: `A contour cannot be measured (${frameRanges(frames)}): ${traceProblemWords[first.problem!]}. Correct or redraw it.`,
      sources: frameReferences(facts.sopInstanceUid, frames),
    },
  ];
}

function missing({ facts, review, curve }: ClipEvidence, traced: readonly TracedFrame[]): Finding[] {
  const unsegmented = unsegmentedFrames(review);
  const frames = curve.frames.flatMap((frame, index) =>
    frame === null && !unsegmented.has(index) ? [index] : [],
  );
  if (frames.length === 0) return [];
  const sources = frameReferences(facts.sopInstanceUid, frames);
  if (review.run?.complete === true) {
    return [
      {
        code: 'no-contour',
        severity: 'warning',
        message: `The model found no left ventricle in ${frameRanges(frames)} (${frames.length} of ${facts.frames}). Draw a contour there if ED or ES may lie among them.`,
        sources,
      },
    ];
  }
  return [
    {
      code: 'analysis-incomplete',
      severity: 'warning',
      message: `Only ${traced.length} of ${facts.frames} frames have a contour: ED and ES are chosen among these. Let the model finish, or run it again.`,
      sources: [],
    },
  ];
}

/** The sector is a fan, of which only the box is known: a contour at its slanted sides may go unnoticed. */
function atSectorEdge({ facts, review }: ClipEvidence, usable: readonly TracedFrame[]): Finding[] {
  const sector = review.run?.sector;
  if (sector === undefined) return [];
  const frames = usable.filter(({ trace }) => touches(trace, sector.box)).map(({ frame }) => frame);
  if (frames.length === 0) return [];
  const edge = sector.source === 'frame' ? 'the edge of the picture' : "the edge of the sector's box";
  return [
    {
      code: 'contour-touches-sector-edge',
      severity: 'warning',
      message: `The contour reaches ${edge} (${frameRanges(frames)}): part of the ventricle may lie outside, and volumes come out too small. Check these frames, or use a clip with a wider sector.`,
      sources: frameReferences(facts.sopInstanceUid, frames),
    },
  ];
}

function touches(trace: Trace, sector: Box): boolean {
  const box = traceBox(trace);
  if (box === null) return false;
  const nearX = Math.max(1, edgeShare * (sector.maxX - sector.minX));
  const nearY = Math.max(1, edgeShare * (sector.maxY - sector.minY));
  return (
    box.minX <= sector.minX + nearX ||
    box.maxX >= sector.maxX - nearX ||
    box.minY <= sector.minY + nearY ||
    box.maxY >= sector.maxY - nearY
  );
}

function tilted({ facts, options, included }: ClipEvidence): Finding[] {
  const phases = included.flatMap(({ beat, ed, es }) => [
    { frame: beat.edFrame, degrees: ed.basalTiltDegrees },
    { frame: beat.esFrame, degrees: es.basalTiltDegrees },
  ]);
  const over = phases.filter(({ degrees }) => degrees > options.basalTiltLimitDegrees);
  if (over.length === 0) return [];
  const frames = over.map(({ frame }) => frame);
  const greatest = Math.max(...over.map(({ degrees }) => degrees));
  return [
    {
      code: 'basal-tilt',
      severity: 'warning',
      message: `The base line is tilted against the long axis by up to ${decimalText(greatest, 0)}° (${frameRanges(frames)}; limit ${options.basalTiltLimitDegrees}°): disks miss or add volume at the base. Check the hinges and the apex.`,
      sources: frameReferences(facts.sopInstanceUid, frames),
    },
  ];
}

/** Two neighbours with the very same contour: most likely the same picture stored twice. */
function identical({ facts }: ClipEvidence, usable: readonly TracedFrame[]): Finding[] {
  const frames = usable.flatMap(({ frame, trace }, i) => {
    const previous = usable[i - 1];
    return previous?.frame === frame - 1 && samePoints(previous.trace, trace) ? [frame] : [];
  });
  if (frames.length === 0) return [];
  return [
    {
      code: 'identical-frames',
      severity: 'information',
      message: `The contour is the same as in the frame before (${frameRanges(frames)}): frames may be stored twice, and the true frame rate be lower.`,
      sources: frameReferences(facts.sopInstanceUid, frames),
    },
  ];
}

function samePoints(a: Trace, b: Trace): boolean {
  return (
    a.points.length === b.points.length &&
    a.points.every(([x, y], i) => x === b.points[i]![0] && y === b.points[i]![1])
  );
}
