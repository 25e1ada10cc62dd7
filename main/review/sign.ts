import { measureStudy, type StudyMeasurements } from '../../core/assessment/measure-study.ts';
import { signedResult } from '../../core/assessment/signed-result.ts';
import { SystolaError } from '../../core/error.ts';
import type { MeasureOptions } from '../../core/measurement/measure-options.ts';
import { applyChanges } from '../../core/review/apply.ts';
import type { Change, Decision, StudyReview } from '../../core/review/review.ts';
import { lastSignature, signatureToAmend, signaturesOf } from '../../core/review/signatures.ts';
import type { SignedTexts } from '../../core/review/signed-result.ts';
import type { OpenStudy } from '../library/open-studies.ts';

/** Who signs, when and with what, as the application knows it. */
export interface Signer {
  readonly by: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Version of Systola. */
  readonly software: string;
  /** Whom the reader signs for, empty for nobody. */
  readonly organisation: string;
  readonly options: MeasureOptions;
  /** The texts of the study's report as they are signed; left out where there is no report. */
  readonly textsOf?: TextsOf;
}

export type TextsOf = (
  study: Pick<OpenStudy, 'facts' | 'clips'>,
  review: StudyReview,
  measured: StudyMeasurements,
) => SignedTexts;

type Signed = Exclude<Decision, { readonly state: 'pending' }>;

/**
 * The changes with every decision signed: by whom, when, as which version, and on which numbers, measured here of the
 * study as the changes leave it.
 *
 * @throws SystolaError `bad-request` when a study is accepted that was accepted before, and no reason is given, `revision-conflict`
 *   when the changes do not fit the study
 */
export function signedChanges(open: OpenStudy, changes: readonly Change[], signer: Signer): Change[] {
  return withSignature(changes, (decision) => {
    const review = applyChanges(open.review, changes);
    const amended = signatureToAmend(signaturesOf(open.history));
    if (decision.state === 'accepted' && amended !== null && decision.reason === undefined) {
      throw new SystolaError(
        'bad-request',
        `The study was accepted before, by ${amended.by || 'an unnamed reader'} (version ${amended.version}). Give the reason why it is accepted again.`,
      );
    }
    return signed(open, review, decision.state, decision.reason, signer);
  });
}

/** Changes that are made again after they were undone, in the name and on the numbers of now, for the reason they had. */
export function signedAgain(open: OpenStudy, changes: readonly Change[], signer: Signer): Change[] {
  return withSignature(changes, ({ state, reason }) => {
    const amends = state === 'accepted' && signatureToAmend(signaturesOf(open.history)) !== null;
    const why = reason ?? (amends ? 'Made again after it was undone' : undefined);
    return signed(open, applyChanges(open.review, changes), state, why, signer);
  });
}

function withSignature(changes: readonly Change[], sign: (decision: Signed) => Decision): Change[] {
  return changes.map((change) =>
    change.slot === 'decision' && change.after.state !== 'pending'
      ? { ...change, after: sign(change.after) }
      : change,
  );
}

function signed(
  open: OpenStudy,
  review: StudyReview,
  state: Signed['state'],
  reason: string | undefined,
  { by, at, software, organisation, options, textsOf }: Signer,
): Decision {
  const { facts, clips, head, history } = open;
  const versions = signaturesOf(history);
  const version = Math.max(0, ...versions.map((one) => one.version)) + 1;
  const replaces = lastSignature(versions)?.revision ?? null;
  const measured = measureStudy(facts, clips, review, options);
  const result = signedResult({ version, replaces, head, software, organisation }, review, measured, options);
  const report = textsOf?.(open, review, measured);
  return {
    ...{ state, at, by },
    ...(reason === undefined ? {} : { reason }),
    signed: report === undefined ? result : { ...result, report },
  };
}
