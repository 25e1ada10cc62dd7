import type { PatientStudy } from '../../core/api/patient-studies.ts';
import { message } from '../../core/language/message.ts';
import type { ComparedField } from '../../core/patient/compare-fields.ts';
import type { Standing } from '../../core/prior/comparable-study.ts';
import type { PriorRow } from '../../core/prior/prior-rows.ts';
import { testRetestOf } from '../../core/prior/test-retest.ts';
import { shownQuantity } from '../../core/wording/quantity.ts';
import { unitText } from '../../core/wording/unit.ts';
import { language, say } from '../words/language.svelte.ts';
import { dateText } from '../words/measurement-words.ts';

/** "equal", "differs", "not compared: missing in both": how two studies' statements of their patient go together. */
export function comparedWords(field: ComparedField): string {
  if (field.outcome === 'equal') return say('prior.field.equal', { why: field.why ?? 'other' });
  if (field.outcome === 'differs') return say('prior.field.differs', { why: field.why ?? 'other' });
  return field.why === 'script'
    ? say('prior.field.script')
    : say(`prior.field.${field.why}`, { side: field.side === 'both' ? 'other' : field.side });
}

/** "signed by Dr Ada", "not signed". */
export function standingWords({
  standing,
  by,
}: {
  readonly standing: Standing;
  readonly by: string | null;
}): string {
  return by === null || by === ''
    ? say(`prior.standing.${standing}`)
    : say('prior.standing.by', { standing: message(`prior.standing.${standing}`), by });
}

const ejectionOf = ({ numbers }: PatientStudy): number | null =>
  numbers.measurements.find(({ name }) => name === 'EF')?.value ?? null;

/** "2 Jan 2024: EF 55 %". */
export function studyWords(study: PatientStudy): string {
  const date = dateText(study.studyDate);
  const ejection = ejectionOf(study);
  return ejection === null ? date : say('prior.study', { date, ejection });
}

/** "+12", "−7", "0": a change with its sign, at the decimals of its quantity. */
export function changeText({ name, change, unit }: Pick<PriorRow, 'name' | 'change' | 'unit'>): string {
  const shown = change === null ? null : shownQuantity({ name, value: Math.abs(change), unit });
  if (change === null || shown === null) return '–';
  const digits = language.current.decimals(shown.value, shown.decimals);
  const isNone = Number(shown.value.toFixed(shown.decimals)) === 0;
  return isNone ? digits : `${change < 0 ? '−' : '+'}${digits}`;
}

/** "± 10 points (Thavendiranathan 2013)"; empty where no spread is known. */
export function spreadWords({ name, unit }: Pick<PriorRow, 'name' | 'unit'>): string {
  const known = testRetestOf(name);
  if (known === null) return say('prior.spread.unknown');
  const { kind, spread, source } = known;
  return kind === 'relative'
    ? say('prior.spread.relative', { spread, source })
    : unit === '%'
      ? say('prior.spread.points', { spread, source })
      : say('prior.spread.absolute', { spread, unit: unitText(unit), source });
}
