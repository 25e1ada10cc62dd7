import { type ReportTexts, reportTexts, writtenText } from '../../core/conclusion/report-texts.ts';
import { priorComparison } from '../../core/conclusion/prior-comparison.ts';
import type { ReportField } from '../../core/review/report-field.ts';
import type { Change } from '../../core/review/review.ts';
import { priors } from '../prior/priors.svelte.ts';
import { session } from '../state/session.svelte.ts';
import { workspace } from '../state/workspace.svelte.ts';
import type { OpenStudy } from '../state/study.svelte.ts';
import { say } from '../words/language.svelte.ts';
import { reportWords } from './report-words.svelte.ts';

/** What a person put into the fields; null: back to what is proposed. Fields that nobody touched are left out. */
export type Drafts = Readonly<Partial<Record<ReportField, string | null>>>;

/** The texts of a study's report as they stand, in the report's language. */
export function textsOf(study: OpenStudy): ReportTexts {
  const { facts, review, measured } = study;
  const others = study === workspace.study ? priors.patient.studies.map(({ numbers }) => numbers) : [];
  const prior = priorComparison(study, measured, session.settings, others);
  return reportTexts({ facts, review, measured, prior }, reportWords.current);
}

/** As it is kept: lines without the characters that nobody types, and none at its end. */
export const tidied = (text: string): string =>
  text
    .replaceAll(/\r\n?|[\u2028\u2029]/g, '\n')
    .replaceAll(/[^\P{Cc}\n]/gu, ' ')
    .trimEnd();

/** Drafts without those that say what stands there already. */
export function changedDrafts(texts: ReportTexts, drafts: Drafts): Drafts {
  return Object.fromEntries(
    Object.entries(drafts).filter(([field, draft]) => {
      const { text, isWritten } = texts[field as ReportField];
      return draft === null ? isWritten : tidied(draft) !== text.trimEnd();
    }),
  );
}

/** Records what was written, one step of history however many fields it is. */
export function writeTexts(study: OpenStudy, drafts: Drafts): void {
  const wanted = Object.entries(changedDrafts(textsOf(study), drafts)) as [ReportField, string | null][];
  if (wanted.length === 0) return;
  const [first] = wanted;
  const label =
    wanted.length === 1 && first !== undefined
      ? say(first[1] === null ? 'edit.text-proposed' : 'edit.text', { field: first[0] })
      : say('edit.texts');
  const { measurements } = study.measured;
  study.commit(label, (persisted) =>
    wanted.map(([field, draft]): Change => {
      const after = draft === null ? null : writtenText(field, tidied(draft), measurements);
      return { slot: 'text', field, before: persisted.texts[field] ?? null, after };
    }),
  );
}
