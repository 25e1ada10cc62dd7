import type { StudyFacts } from '../clip/clip.ts';
import type { Language } from '../language/language.ts';
import type { Measurement } from '../measurement/measurement.ts';
import { signedDifferences, type SignedDifference } from '../measurement/signed-differences.ts';
import { type ReportField, reportFields } from '../review/report-field.ts';
import type { ReportText, StudyReview } from '../review/review.ts';
import type { SignedTexts } from '../review/signed-result.ts';
import { signedNumber } from '../assessment/signed-result.ts';
import { personNameText } from '../wording/person-name.ts';
import type { ConclusionInput, PriorComparison } from './conclusion-input.ts';
import { proposedConclusion } from './proposed-conclusion.ts';
import { proposedQuality } from './proposed-quality.ts';

/** A text of the report as it stands. */
export interface ShownText {
  /** Lines; empty where nothing is known. */
  readonly text: string;
  /** What is proposed, or what the file says. */
  readonly proposed: string;
  readonly isWritten: boolean;
  /** Whether it stands in the words that somebody signed. */
  readonly isSigned: boolean;
  /** Numbers that are others now than when a person wrote it. */
  readonly changed: readonly SignedDifference[];
}

export type ReportTexts = Readonly<Record<ReportField, ShownText>>;

/** What texts of a report are made from. */
export interface TextsInput extends Pick<ConclusionInput, 'measured'> {
  readonly facts: StudyFacts;
  readonly review: StudyReview;
  readonly prior: PriorComparison | null;
}

/** Fields whose text says something of the numbers. */
const ofNumbers: readonly ReportField[] = ['conclusion', 'quality'];

/** The texts of a report: what was signed, else what a person wrote, else what is proposed or stands in the file. */
export function reportTexts({ facts, review, measured, prior }: TextsInput, words: Language): ReportTexts {
  const dated = prior && { ...prior, date: prior.date === null ? null : dayIn(prior.date, words) };
  const conclusion = proposedConclusion({ measured, sex: review.body.sex.value, prior: dated });
  const quality = proposedQuality(measured, review);
  const { referrer } = facts.request ?? {};
  const proposed: Readonly<Record<ReportField, string>> = {
    conclusion: conclusion.map((sentence) => words.say(sentence)).join('\n'),
    indication: facts.request?.indication ?? '',
    referrer: referrer === undefined ? '' : personNameText(referrer),
    // Nothing that is read or measured says a rhythm.
    rhythm: '',
    quality: quality === null ? '' : words.say(quality),
  };
  const { decision } = review;
  const signed = decision.state === 'pending' ? undefined : decision.signed?.report?.texts;
  return Object.fromEntries(
    reportFields.map((field): [ReportField, ShownText] => {
      const written = review.texts[field];
      const changed =
        written?.numbers === undefined ? [] : changedSince(written.numbers, measured.measurements);
      return [
        field,
        {
          text: signed?.[field] ?? written?.text ?? proposed[field],
          proposed: proposed[field],
          isWritten: written !== undefined,
          isSigned: signed?.[field] !== undefined,
          changed,
        },
      ];
    }),
  ) as unknown as ReportTexts;
}

/** What a person wrote, as it is kept: with the numbers that it was written about. */
export function writtenText(
  field: ReportField,
  text: string,
  measurements: readonly Measurement[],
): ReportText {
  return ofNumbers.includes(field) ? { text, numbers: measurements.map(signedNumber) } : { text };
}

/** Numbers of the study that are printed otherwise now. */
function changedSince(
  numbers: NonNullable<ReportText['numbers']>,
  measurements: readonly Measurement[],
): SignedDifference[] {
  return signedDifferences({ measurements: numbers, clips: [] }, { measurements, clips: {} }, []);
}

/** A day in words; what is none as it stands. */
function dayIn(date: string, words: Language): string {
  const day = new Date(`${date}T00:00:00Z`);
  return Number.isNaN(day.getTime()) ? date : words.date(day, { dateStyle: 'medium', timeZone: 'UTC' });
}

/** The texts as a signature keeps them. */
export function signedTexts(input: TextsInput, words: Language): SignedTexts {
  const texts = reportTexts({ ...input, review: { ...input.review, decision: { state: 'pending' } } }, words);
  return {
    language: words.tag,
    texts: Object.fromEntries(reportFields.map((field) => [field, texts[field].text])),
    prior: input.prior?.studyInstanceUid ?? null,
  };
}
