import { message, type Message } from '../language/message.ts';
import { type ConclusionInput, numberOf } from './conclusion-input.ts';

/**
 * EF against the patient's earlier study, in points as both are printed. A difference that two studies of an unchanged heart
 * may show is called no change; beyond it "lower" and "higher", and never why. Nothing under stress.
 */
export function changeSentence(input: ConclusionInput): Message | null {
  const { prior, measured } = input;
  const now = numberOf(input, 'EF');
  const then = prior?.measurements.find(({ name }) => name === 'EF');
  if (prior === null || then === undefined || now === undefined || !measured.atRest) return null;
  const difference = Math.round(now.value) - Math.round(then.value);
  const way =
    Math.abs(difference) <= prior.spreadPoints ? 'within' : difference < 0 ? 'lower' : 'other';
  return message('conclusion.change', {
    way,
    points: Math.abs(difference),
    then: then.value,
    date: prior.date ?? message('date.none'),
    signed: prior.isSigned ? 'other' : 'no',
    spread: prior.spreadPoints,
  });
}
