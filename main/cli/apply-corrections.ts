import { measureClip } from '../../core/assessment/measure-clip.ts';
import { isMark } from '../../core/beat/is-mark.ts';
import { calibrateClip } from '../../core/clip/calibrate.ts';
import type { ClipFacts } from '../../core/clip/clip.ts';
import { pixelAspect } from '../../core/clip/pixel-aspect.ts';
import { fittedTrace } from '../../core/document/reading-changes.ts';
import { SystolaError, type ErrorCode } from '../../core/error.ts';
import { inEnglish } from '../../core/language/english.ts';
import { clipView, untraceable, untraceableWords } from '../../core/measurement/untraceable.ts';
import { withEndsFollowing } from '../../core/review/ends-follow.ts';
import type { Change, ClipReview } from '../../core/review/review.ts';
import { traceAt } from '../../core/review/traces.ts';
import { traceProblem, traceProblemWords } from '../../core/trace/problem.ts';
import { leftVentricularCavity, type StructureId } from '../../core/structure/structure.ts';
import type { Trace } from '../../core/trace/trace.ts';
import type { PropagationWay } from '../../core/model/propagation-way.ts';
import type { Services } from '../application/services.ts';
import type { GivenCorrection, GivenCorrections } from './correction-file.ts';
import { readMask } from './correction-mask.ts';
import { traceFromMask } from './trace-from-mask.ts';

/** A correction that could not be made. */
export interface CorrectionProblem {
  readonly code: ErrorCode;
  readonly reason: string;
}

/**
 * Records corrections as edits and carries them over the frames around them. What names no clip or frame that is there,
 * or draws what cannot be measured, as the window refuses it too, is told and left out; the others are made.
 *
 * @param propagate null: the way of the model that drew the contours
 */
export async function applyCorrections(
  { library, reviews, propagations }: Pick<Services, 'library' | 'reviews' | 'propagations'>,
  corrections: GivenCorrections,
  propagate: PropagationWay | 'none' | null,
  signal: AbortSignal,
): Promise<CorrectionProblem[]> {
  const problems: CorrectionProblem[] = corrections.leftOut.map((reason) => ({
    code: 'bad-request',
    reason,
  }));
  for (const [sopInstanceUid, given] of corrections.clips) {
    const facts = clipOf(library, sopInstanceUid);
    if (facts === null) {
      problems.push({ code: 'not-found', reason: `None of the files is the clip ${sopInstanceUid}.` });
      continue;
    }
    const clip = library.study(facts.studyInstanceUid).review.clips[sopInstanceUid]!;
    const unmeasured = untraceable(facts, clip);
    if (unmeasured === 'recognised-other') {
      // Told from the pictures a moment ago, by nobody who could be asked: whoever corrects the clip has to hear of it.
      const why = inEnglish.say(untraceableWords(unmeasured, clipView(facts, clip)));
      problems.push({
        code: 'bad-request',
        reason: `${facts.fileName} is corrected but has no numbers. ${why} Or use --no-recognise.`,
      });
    }
    const changes: Change[] = [];
    const cavities = new Map<number, Trace>();
    for (const { frame, structure, shape } of cavitiesFirst(given)) {
      const cavity = cavities.get(frame) ?? traceAt(clip, leftVentricularCavity, frame);
      const after = await correctedTrace({ facts, clip, frame, structure, cavity, shape });
      if ('reason' in after) problems.push(after);
      else {
        if (structure === leftVentricularCavity) cavities.set(frame, after);
        const before = traceAt(clip, structure, frame);
        changes.push({ slot: 'trace', sopInstanceUid, structure, frame, before, after });
      }
    }
    if (changes.length === 0) continue;
    const drawn = withEndsFollowing(sopInstanceUid, clip, changes);
    const kept: Change[] = [];
    const { beats } = measureClip(facts, clip, library.settings());
    if (clip.beats === null && given.some(({ frame }) => isMark(beats, frame))) {
      kept.push({ slot: 'beats', sopInstanceUid, before: null, after: beats });
    }
    const how = given.some(({ shape }) => 'outline' in shape) ? 'fitted to outlines of' : 'corrected by';
    reviews.record(facts.studyInstanceUid, {
      kind: 'edit',
      label: `${changes.length === 1 ? 'one contour' : `${changes.length} contours`} ${how} a file`,
      changes: [...drawn, ...kept],
    });
    if (propagate === 'none') continue;
    for (const structure of new Set(given.map((one) => one.structure))) {
      try {
        const request = { structure, way: propagate, range: null, anchors: 'all' } as const;
        const { id, instead } = await propagations.propose(sopInstanceUid, request, { signal });
        if (instead !== null) process.stderr.write(`${facts.fileName}: ${inEnglish.say(instead)}\n`);
        propagations.keep(sopInstanceUid, id);
      } catch (error) {
        if (!(error instanceof SystolaError)) throw error;
        const reason = `${facts.fileName}: ${error.message}`;
        // Corrections that nobody asked to carry on are made all the same.
        if (propagate === null && error.code === 'bad-request') process.stderr.write(`${reason}\n`);
        else problems.push({ code: error.code, reason });
      }
    }
  }
  return problems;
}

function clipOf(library: Services['library'], sopInstanceUid: string): ClipFacts | null {
  try {
    return library.clip(sopInstanceUid).facts;
  } catch (error) {
    if (error instanceof SystolaError && error.code === 'not-found') return null;
    throw error;
  }
}

/** Wall and atrium begin and end on the hinges of the frame's cavity, which may be among what is given. */
function cavitiesFirst(given: readonly GivenCorrection[]): GivenCorrection[] {
  const isCavity = ({ structure }: GivenCorrection): boolean => structure === leftVentricularCavity;
  return [...given.filter(isCavity), ...given.filter((one) => !isCavity(one))];
}

interface Correction {
  readonly facts: ClipFacts;
  readonly clip: ClipReview;
  readonly frame: number;
  readonly structure: StructureId;
  /** The contour of the frame's cavity, once corrections of it are made. */
  readonly cavity: Trace | null;
  readonly shape: GivenCorrection['shape'];
}

async function correctedTrace({
  facts,
  clip,
  frame,
  structure,
  cavity,
  shape,
}: Correction): Promise<Trace | CorrectionProblem> {
  const { fileName, frames } = facts;
  if (frame >= frames) {
    const there = frames === 1 ? 'one frame, number 0' : `frames 0 to ${frames - 1}`;
    return {
      code: 'not-found',
      reason: `${fileName} (${facts.sopInstanceUid}) has no frame ${frame}: it has ${there}.`,
    };
  }
  if ('trace' in shape) {
    const problem = traceProblem(shape.trace);
    if (problem === null) return shape.trace;
    const reason = `${fileName} (${facts.sopInstanceUid}), frame ${frame}: ${inEnglish.say(traceProblemWords(problem))}.`;
    return { code: 'bad-request', reason };
  }
  const { rows, columns } = facts;
  if ('outline' in shape) {
    const where = `${structure} on frame ${frame} of ${fileName}`;
    const { size } = shape;
    if (size !== undefined && (size.rows !== rows || size.columns !== columns)) {
      return anotherSize(`the picture that ${where} is outlined on`, size, facts);
    }
    const trace = fittedTrace({ structure, outline: shape.outline }, facts, clip, cavity);
    if (trace !== null) return trace;
    return { code: 'bad-request', reason: `The outline of ${where} encloses nothing that can be measured.` };
  }
  const where = `the mask of frame ${frame} of ${fileName}`;
  const mask = await readMask(shape.mask);
  if (typeof mask === 'string') return { code: 'bad-request', reason: `${where}: ${mask}.` };
  if (mask.rows !== rows || mask.columns !== columns) return anotherSize(where, mask, facts);
  const trace = traceFromMask(structure, mask, cavity, {
    threshold: 0.5,
    source: { kind: 'edited', from: 'model' },
    spacing: calibrateClip(facts, clip.ruler, clip.picture).calibration ?? {
      mmPerPixelX: pixelAspect(facts, clip.picture),
      mmPerPixelY: 1,
    },
  });
  if (typeof trace !== 'string') return { ...trace, confidence: null };
  return { code: 'bad-request', reason: `T${where.slice(1)} ${trace}.` };
}

function anotherSize(
  what: string,
  { rows, columns }: Pick<ClipFacts, 'rows' | 'columns'>,
  clip: Pick<ClipFacts, 'rows' | 'columns'>,
): CorrectionProblem {
  const sizes = `${columns} × ${rows} pixels, the clip ${clip.columns} × ${clip.rows}`;
  return { code: 'bad-request', reason: `The size of ${what} is another: it has ${sizes}.` };
}
