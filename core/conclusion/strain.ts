import { message, type Message } from '../language/message.ts';
import { type ConclusionInput, numberOf } from './conclusion-input.ts';

/**
 * Strain by the length of the contour, called that: it is no speckle tracking, and the limits of ASE/EACVI 2015 (section
 * 1.5, which wants them by vendor and version) are none of it. So it never has a grade.
 */
export function strainSentence(input: ConclusionInput): Message | null {
  const strain = numberOf(input, 'Contour strain');
  return strain === undefined ? null : message('conclusion.strain', { value: strain.value });
}
