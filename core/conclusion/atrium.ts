import { message, type Message } from '../language/message.ts';
import { type ConclusionInput, numberOf } from './conclusion-input.ts';
import { verdictOf, verdictText } from './verdict.ts';

/**
 * The largest volume of the left atrium. ASE/EACVI 2015 (table 4) has limits for the volume by body surface alone: one
 * without height and weight is given and not graded.
 */
export function atriumSentence(input: ConclusionInput): Message | null {
  const volume = numberOf(input, 'LAV max');
  if (volume === undefined) return null;
  const index = numberOf(input, 'LAVI max');
  if (index === undefined) return message('conclusion.atrium', { value: volume.value });
  const verdict = verdictOf(input, index);
  const said = { value: volume.value, index: index.value };
  return verdict?.grade
    ? message('conclusion.atrium.graded', { ...said, grade: verdictText(verdict.grade, 'volume') })
    : message('conclusion.atrium.indexed', said);
}
