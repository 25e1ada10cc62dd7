import { message, type Message } from '../language/message.ts';
import { testRetestOf } from '../prior/test-retest.ts';
import type { ConclusionInput } from './conclusion-input.ts';

/**
 * EF against the patient's earlier study, in points as both are printed. A difference that two examinations of an unchanged
 * heart may show (test-retest.ts, with its sources) is called no change; beyond it "lower" and "higher", and never why. Where
 * the two were not made alike it says that instead; of a study that the reader chose and that is none before, nothing.
 */
export function changeSentence({ prior, measured }: ConclusionInput): Message | null {
  const row = prior?.rows.find(({ name }) => name === 'EF');
  const known = testRetestOf('EF');
  if (
    prior === null ||
    prior.time !== 'earlier' ||
    row === undefined ||
    row.prior === null ||
    row.today === null ||
    known === null
  )
    return null;
  const date = prior.date ?? message('date.none');
  if (row.change === null || !measured.atRest) {
    return row.notCompared === null
      ? null
      : message('conclusion.change.not-compared', { date, then: row.prior, why: row.notCompared });
  }
  const way = row.beyondSpread !== true ? 'within' : row.change < 0 ? 'lower' : 'other';
  return message('conclusion.change', {
    way,
    points: Math.abs(row.change),
    then: row.prior,
    date,
    signed: prior.standing === 'signed' ? 'other' : 'no',
    spread: known.spread,
    source: known.source,
  });
}
