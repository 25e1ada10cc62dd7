import { message, type Message } from '../language/message.ts';
import { type ConclusionInput, numberOf } from './conclusion-input.ts';

/** The rate at which the numbers were measured, and where it is from; it is told and not judged. */
export function heartRateSentence(input: ConclusionInput): Message | null {
  const rate = numberOf(input, 'HR');
  if (rate === undefined) return null;
  const source = rate.method === 'entered' ? 'entered' : rate.method === 'frame-times' ? 'times' : 'other';
  return message('conclusion.heart-rate', { value: rate.value, source });
}
