import { message } from '../language/message.ts';
import type { TracedFrame } from '../measurement/clip-curve.ts';
import { touchesSectorEdge } from '../measurement/sector-edge.ts';
import type { Trace } from '../trace/trace.ts';
import { possibleVolumeMl } from '../reference-limits/possible-volume.ts';
import { traceProblemWords } from '../trace/problem.ts';
import { measureTrace } from '../trace/trace-measures.ts';
import type { ClipEvidence } from './clip-evidence.ts';
import { confidenceFindings } from './confidence-findings.ts';
import type { Finding } from './finding.ts';
import { frameRanges } from '../wording/frame-number.ts';
import { frameReferences } from './frame-references.ts';

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
      message: message('finding.no-contour.not-segmented'),
      sources: [],
    };
  }
  return review.run?.complete === true
    ? {
        code: 'no-contour',
        severity: 'refusal',
        message: message('finding.no-contour.none-found'),
        sources: [],
      }
    : {
        code: 'not-traced',
        severity: 'refusal',
        message: message('finding.not-traced.frames', { kind: facts.frames > 1 ? 'other' : 'still' }),
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
  const volume = high > greatest ? Math.round(high) : Number(low.toPrecision(1));
  return [
    {
      code: 'volume-impossible',
      severity: 'refusal',
      message: message('finding.volume-impossible', {
        volume,
        least,
        greatest,
        frames: frameRanges(frames),
        count: frames.length,
        total: facts.frames,
      }),
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
      message: message('finding.trace-invalid', {
        frames: frameRanges(frames),
        problem: traceProblemWords(first.problem!),
      }),
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
        message: message('finding.no-contour.some', {
          frames: frameRanges(frames),
          count: frames.length,
          total: facts.frames,
        }),
        sources,
      },
    ];
  }
  return [
    {
      code: 'analysis-incomplete',
      severity: 'warning',
      message: message('finding.analysis-incomplete', { count: traced.length, total: facts.frames }),
      sources: [],
    },
  ];
}

function atSectorEdge({ facts, review }: ClipEvidence, usable: readonly TracedFrame[]): Finding[] {
  const sector = review.run?.sector;
  if (sector === undefined) return [];
  const frames = usable.filter(({ trace }) => touchesSectorEdge(trace, sector)).map(({ frame }) => frame);
  if (frames.length === 0) return [];
  return [
    {
      code: 'contour-touches-sector-edge',
      severity: 'warning',
      message: message('finding.contour-touches-sector-edge', {
        edge: sector.source === 'frame' ? 'picture' : 'other',
        frames: frameRanges(frames),
      }),
      sources: frameReferences(facts.sopInstanceUid, frames),
    },
  ];
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
      message: message('finding.basal-tilt', {
        degrees: greatest,
        frames: frameRanges(frames),
        limit: options.basalTiltLimitDegrees,
      }),
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
      message: message('finding.identical-frames', { frames: frameRanges(frames) }),
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
