import type { ChangedNumber, ReadAgain } from '../clip/clip.ts';
import type { Decision } from '../review/review.ts';
import { decimalText } from '../wording/number-text.ts';
import type { Finding } from './finding.ts';

/** More than these are counted, not listed. */
const mostListed = 6;

/**
 * Says which numbers changed because a newer version of the reader read the files again, until somebody accepts or
 * rejects the study as it is now.
 */
export function readAgainFindings(readAgain: ReadAgain | undefined, decision: Decision): Finding[] {
  if (readAgain === undefined || readAgain.changes.length === 0 || isReadAgainSeen(readAgain, decision))
    return [];
  const listed = readAgain.changes.slice(0, mostListed).map(told);
  const others = readAgain.changes.length - listed.length;
  const signed = decision.state === 'pending' ? '' : ` The study was ${decision.state} before that.`;
  return [
    {
      code: 'read-again',
      severity: 'warning',
      message: `This version of Systola read the files of the study again, and numbers changed by it: ${listed.join(', ')}${others > 0 ? ` and ${others} more` : ''}.${signed} Check the numbers as they are now.`,
      sources: [],
    },
  ];
}

/** Whether somebody accepted or rejected the study after it was read again. */
export function isReadAgainSeen({ at }: ReadAgain, decision: Decision): boolean {
  return decision.state !== 'pending' && decision.at > at;
}

function told({ what, unit, before, after }: ChangedNumber): string {
  const value = (number: number | null): string => (number === null ? 'not given' : decimalText(number, 1));
  return `${what} ${value(before)} to ${value(after)} ${unit}`;
}
