import { changedNumberText } from '../measurement/changed-number.ts';
import type { ChangedNumber, ReadAgain } from '../clip/clip.ts';
import { message, type Message } from '../language/message.ts';
import type { Decision } from '../review/review.ts';
import { listed } from '../wording/listed.ts';
import { unitText } from '../wording/unit.ts';
import type { Finding } from './finding.ts';

/** More than these are counted, not listed. */
const mostListed = 6;

/**
 * Says which numbers changed because a newer version of the reader read the files again, until somebody accepts or
 * rejects the study as it is now.
 */
export function readAgainFindings(readAgain: ReadAgain | undefined, decision: Decision): Finding[] {
  const [first, ...more] = readAgain?.changes ?? [];
  if (readAgain === undefined || first === undefined || isReadAgainSeen(readAgain, decision)) return [];
  const told = more.slice(0, mostListed - 1);
  return [
    {
      code: 'read-again',
      severity: 'warning',
      message: message('finding.read-again', {
        numbers: listed([numberText(first), ...told.map(numberText)]),
        more: more.length - told.length,
        state: decision.state === 'pending' ? 'other' : decision.state,
      }),
      sources: [],
    },
  ];
}

/** Whether somebody accepted or rejected the study after it was read again. */
export function isReadAgainSeen({ at }: ReadAgain, decision: Decision): boolean {
  return decision.state !== 'pending' && decision.at > at;
}

function numberText({ what, unit, before, after }: ChangedNumber): Message {
  return message('finding.read-again.number', {
    what: changedNumberText(what),
    before: valueText(before),
    after: valueText(after),
    unit: unit === '1' ? 'none' : 'other',
    words: unitText(unit),
  });
}

const valueText = (value: number | null): Message =>
  value === null ? message('common.not-given') : message('number.d1', { value });
