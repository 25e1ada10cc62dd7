import { calibrateClip } from '../clip/calibrate.ts';
import type { ClipFacts } from '../clip/clip.ts';
import type { TracedClip, TracesBlock } from '../export/traces-block.ts';
import { squarePixels } from '../geometry/proportion.ts';
import type { Change, ClipReview, StudyReview } from '../review/review.ts';
import { propagationRecords } from '../review/propagation-records.ts';
import { sameValue } from '../review/same-value.ts';
import { traceAt, tracedStructures, tracesOf } from '../review/traces.ts';
import { fitsStructure } from '../structure/schema.ts';
import { leftVentricularCavity, structureOf, type StructureId } from '../structure/structure.ts';
import { closedTraceFromOutline, traceFromOutline } from '../trace/from-outline.ts';
import { endingOn } from '../trace/shared-ends.ts';
import { hasLandmarks, type Trace } from '../trace/trace.ts';
import type { ContourReading, OutlinedRegion } from './contour-reading.ts';
import { lineChanges } from './reading-marks.ts';

/** What taking over the contours of a document does to a study. */
export interface ReadingChanges {
  readonly changes: readonly Change[];
  /** Contours of the document that the study has afterwards. */
  readonly contours: number;
  /** Distances likewise. */
  readonly distances: number;
  /** Contours that belong to no clip or frame of the study, or that no contour could be fitted to. */
  readonly leftOut: number;
}

/**
 * The changes, as one step of history, that put the contours of a document into a study. An exact reading makes the clips
 * that it has contours of what they were where it was written, with views, beats and what was recorded of runs; body, stage
 * and pair go with it where no reader of this study has said them. Fitted contours take the place of those on their own
 * frames alone, and distances are put beside those that are there. Nothing is decided by it.
 */
export function readingChanges(
  review: StudyReview,
  clips: readonly ClipFacts[],
  documentUid: string,
  reading: ContourReading,
): ReadingChanges {
  const made =
    reading.kind === 'exact'
      ? exactChanges(review, clips, reading.block)
      : fittedChanges(review, clips, reading);
  if (made.contours + made.distances === 0) return { ...made, changes: [] };
  const { readings } = review;
  const after = [...readings.filter((uid) => uid !== documentUid), documentUid];
  return { ...made, changes: [...made.changes, { slot: 'readings', before: readings, after }] };
}

/** Whether a clip of the study is the one that contours were drawn on. */
const isSameClip = (clip: ClipFacts, { rows, columns, frames }: TracedClip): boolean =>
  clip.rows === rows && clip.columns === columns && clip.frames === frames;

/** Whether what is said of a clip can be said of it: frames that it has, and contours with the landmarks of their structure. */
function fitsClip(
  { frames }: ClipFacts,
  { traces, beats, excludedBeats, run, propagation }: ClipReview,
): boolean {
  const contours = [traces, run?.covered ?? {}].flatMap((of) =>
    Object.entries(of).flatMap(([structure, byFrame]) =>
      Object.entries(byFrame).map(([frame, trace]) => [structure, Number(frame), trace] as const),
    ),
  );
  const named = [
    ...contours.map(([, frame]) => frame),
    ...(beats ?? []).flatMap((beat) => [beat.edFrame, beat.esFrame, beat.nextEdFrame ?? 0]),
    ...(excludedBeats ?? []),
    ...(run?.range === undefined ? [] : [run.range.to]),
    ...propagationRecords({ propagation }).flatMap(({ range, anchors }) => [range.to, ...anchors]),
  ];
  return (
    named.every((frame) => frame < frames) &&
    contours.every(([structure, , trace]) => fitsStructure(structure, trace))
  );
}

const contoursIn = ({ traces }: Pick<ClipReview, 'traces'>): number =>
  Object.values(traces).reduce((sum, frames) => sum + Object.keys(frames).length, 0);

function exactChanges(review: StudyReview, clips: readonly ClipFacts[], block: TracesBlock): ReadingChanges {
  let [contours, leftOut] = [0, 0];
  const changes = block.clips.flatMap((written): Change[] => {
    // Marks stay with the library that has them: a report of contours says nothing of them.
    const said: ClipReview = { ...(written.review as Omit<ClipReview, 'marks'>), marks: {} };
    const count = contoursIn(said);
    if (count === 0) return [];
    const clip = clips.find(({ sopInstanceUid }) => sopInstanceUid === written.sopInstanceUid);
    const now = review.clips[written.sopInstanceUid];
    if (clip === undefined || now === undefined || !isSameClip(clip, written) || !fitsClip(clip, said)) {
      leftOut += count;
      return [];
    }
    contours += count;
    return clipChanges(written.sopInstanceUid, now, said);
  });
  return { changes: [...changes, ...studyChanges(review, clips, block)], contours, distances: 0, leftOut };
}

const slots = [
  'view',
  'recognition',
  'ruler',
  'picture',
  'beats',
  'excludedBeats',
  'run',
  'propagation',
] as const;

function clipChanges(sopInstanceUid: string, now: ClipReview, said: ClipReview): Change[] {
  const structures = new Set([...tracedStructures(now), ...tracedStructures(said)]);
  const traces = [...structures].flatMap((structure) => {
    const [before, after] = [tracesOf(now, structure), tracesOf(said, structure)];
    const frames = new Set([...Object.keys(before), ...Object.keys(after)].map(Number));
    return [...frames]
      .sort((a, b) => a - b)
      .map((frame) => traceChange(sopInstanceUid, now, structure, frame, after[frame] ?? null));
  });
  return [
    ...traces,
    ...slots.map((slot) => ({ slot, sopInstanceUid, before: now[slot], after: said[slot] }) as Change),
  ].filter(({ before, after }) => !sameValue(before, after));
}

function studyChanges(review: StudyReview, clips: readonly ClipFacts[], block: TracesBlock): Change[] {
  const changes: Change[] = [];
  const { body, stage, pair } = review;
  const isHere = (uid: string): boolean => clips.some(({ sopInstanceUid }) => sopInstanceUid === uid);
  const saidHere = [body.sex, body.heightCm, body.weightKg, body.heartRateBpm].some(
    (one) => one?.source === 'user',
  );
  if (!saidHere && !sameValue(body, block.body))
    changes.push({ slot: 'body', before: body, after: block.body });
  if (stage === null && block.stage !== null)
    changes.push({ slot: 'stage', before: null, after: block.stage });
  if (pair === null && block.pair !== null && isHere(block.pair.a4c) && isHere(block.pair.a2c))
    changes.push({ slot: 'pair', before: null, after: block.pair });
  return changes;
}

function fittedChanges(
  review: StudyReview,
  clips: readonly ClipFacts[],
  { regions, lines = [] }: Extract<ContourReading, { kind: 'fitted' }>,
): ReadingChanges {
  const marked = lineChanges(review, clips, lines);
  const changes = new Map<string, Change>();
  let contours = 0;
  // The cavity comes first: what stands beside it ends on its hinges.
  const ordered = regions.toSorted((a, b) => Number(isBeside(a)) - Number(isBeside(b)));
  for (const region of ordered) {
    const { sopInstanceUid, structure, frame } = region;
    const clip = clips.find((one) => one.sopInstanceUid === sopInstanceUid);
    const now = review.clips[sopInstanceUid];
    if (clip === undefined || now === undefined || !fits(clip, region)) continue;
    const keyOf = (of: StructureId): string => JSON.stringify([sopInstanceUid, of, frame]);
    const beside =
      changes.get(keyOf(leftVentricularCavity))?.after ?? traceAt(now, leftVentricularCavity, frame);
    const fitted = fittedTrace(region, clip, now, beside as Trace | null);
    if (fitted === null || changes.has(keyOf(structure))) continue;
    contours += 1;
    changes.set(keyOf(structure), traceChange(sopInstanceUid, now, structure, frame, fitted));
  }
  return {
    changes: [
      ...[...changes.values()].filter(({ before, after }) => !sameValue(before, after)),
      ...marked.changes,
    ],
    contours,
    distances: marked.had,
    leftOut: regions.length - contours + marked.leftOut,
  };
}

/** Whether a region can have been drawn on a clip. */
const fits = ({ rows, columns, frames }: ClipFacts, { frame, size }: OutlinedRegion): boolean =>
  frame < frames && (size === undefined || (size.rows === rows && size.columns === columns));

const isBeside = ({ structure }: OutlinedRegion): boolean => structure !== leftVentricularCavity;

/**
 * A contour fitted to an outline; null where it encloses nothing that could be one.
 *
 * @param cavity contour of the frame's cavity, on whose hinges wall and atrium end
 */
export function fittedTrace(
  { structure, outline }: Pick<OutlinedRegion, 'structure' | 'outline'>,
  clip: ClipFacts,
  now: Pick<ClipReview, 'ruler' | 'picture'>,
  cavity: Trace | null,
): Trace | null {
  if (structureOf(structure)?.landmarks === 'none') return closedTraceFromOutline(outline);
  const { calibration } = calibrateClip(clip, now.ruler, now.picture);
  const trace = traceFromOutline(outline, calibration ?? squarePixels);
  if (trace === null || structure === leftVentricularCavity || cavity === null || !hasLandmarks(cavity))
    return trace;
  return endingOn(trace, cavity);
}

const traceChange = (
  sopInstanceUid: string,
  now: ClipReview,
  structure: StructureId,
  frame: number,
  after: Trace | null,
): Change => ({
  slot: 'trace',
  sopInstanceUid,
  structure,
  frame,
  before: traceAt(now, structure, frame),
  after,
});
