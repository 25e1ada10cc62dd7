import { signedNumber, signedResult } from '../assessment/signed-result.ts';
import type { StudyMeasurements } from '../assessment/measure-study.ts';
import type { ClipFacts, ClipStage, StudyFacts } from '../clip/clip.ts';
import { restingStage, sameStage, studyStages } from '../clip/stage.ts';
import type { MeasureOptions } from '../measurement/measure-options.ts';
import type { StudyReview } from '../review/review.ts';
import type { SignedModel, SignedNumber, SignedResult } from '../review/signed-result.ts';

/**
 * What stands behind a study's numbers: `signed` are those that somebody signed; `not-signed` are as they are measured
 * now; of `signed-without-numbers` nobody kept what was signed, so that they are measured now too.
 */
export type Standing = 'signed' | 'signed-without-numbers' | 'not-signed' | 'rejected';

/** The numbers of one study as they are held against those of another of the same patient. */
export interface ComparableStudy {
  readonly studyInstanceUid: string;
  /** "YYYY-MM-DD"; null where no file says. */
  readonly date: string | null;
  readonly standing: Standing;
  readonly by: string | null;
  /** ISO 8601, UTC: when it was decided. */
  readonly at: string | null;
  /** The study's own numbers: means over beats. */
  readonly measurements: readonly SignedNumber[];
  /** Numbers of each plane alone, of the clips that those rest on: of a biplane study what one plane is compared with. */
  readonly planes: readonly SignedNumber[];
  readonly stage: ClipStage | null;
  /** False of a stage under stress, or of clips of several stages. */
  readonly atRest: boolean;
  /** False where a clip that the numbers rest on shows no beat from end-diastole to end-diastole. */
  readonly wholeBeats: boolean;
  readonly models: readonly SignedModel[];
  /** SOP Instance UIDs of the clips that the numbers rest on. */
  readonly used: readonly string[];
}

/** A study with what was said of it. */
export interface ReviewedStudy {
  readonly facts: Pick<StudyFacts, 'studyInstanceUid' | 'studyDate'>;
  readonly clips: readonly ClipFacts[];
  readonly review: StudyReview;
}

/** A study as it is measured now. */
export function measuredStudy(
  study: ReviewedStudy,
  measured: StudyMeasurements,
  options: MeasureOptions,
): ComparableStudy {
  const { review } = study;
  const context = { version: 0, replaces: null, head: 0, software: '' };
  const { decision } = review;
  const isDecided = decision.state !== 'pending';
  return {
    ...common(study, signedResult(context, review, measured, options)),
    measurements: measured.measurements.filter(({ beat }) => beat === null).map(signedNumber),
    standing: isDecided
      ? decision.state === 'rejected'
        ? 'rejected'
        : 'signed-without-numbers'
      : 'not-signed',
    by: isDecided ? decision.by : null,
    at: isDecided ? decision.at : null,
  };
}

/** A study as it was signed: its numbers are those, whatever is measured today. null where none were kept with a signature. */
export function signedStudy(study: ReviewedStudy): ComparableStudy | null {
  const { decision } = study.review;
  if (decision.state !== 'accepted' || decision.signed === undefined) return null;
  const { by, at, signed } = decision;
  return { ...common(study, signed), standing: 'signed', by, at };
}

function common(
  { facts: { studyInstanceUid, studyDate }, clips }: ReviewedStudy,
  { measurements, clips: measuredClips, used, models }: SignedResult,
): Omit<ComparableStudy, 'standing' | 'by' | 'at'> {
  const restedOn = measuredClips.filter(({ sopInstanceUid }) => used.includes(sopInstanceUid));
  const { stage, atRest } = stageOf(clips, used);
  return {
    studyInstanceUid,
    date: studyDate,
    measurements: measurements.filter(({ beat }) => beat === null),
    planes: restedOn.flatMap(({ measurements: ofClip }) => ofClip.filter(({ beat }) => beat === null)),
    stage,
    atRest,
    wholeBeats: restedOn.every(({ beats }) =>
      beats.some(({ included, nextEdFrame }) => included && nextEdFrame !== null),
    ),
    models,
    used,
  };
}

/** The stage that the clips which the numbers rest on are of, as measureStudy says it of what it measures. */
function stageOf(
  clips: readonly ClipFacts[],
  used: readonly string[],
): Pick<ComparableStudy, 'stage' | 'atRest'> {
  const stages = studyStages(clips);
  const [first, ...others] = used.map(
    (uid) => stages.find(({ clips: members }) => members.includes(uid))?.stage ?? null,
  );
  const stage = first !== undefined && others.every((other) => sameStage(other, first)) ? first : null;
  const resting = restingStage(stages)?.stage ?? null;
  return { stage, atRest: stages.length === 0 || (stage !== null && sameStage(stage, resting)) };
}
