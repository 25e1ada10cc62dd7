import type { ClipFacts } from '../clip/clip.ts';
import { message, type Message } from '../language/message.ts';
import type { MeasureOptions } from '../measurement/measure-options.ts';
import {
  signedDifferences,
  type LiveNumbers,
  type SignedDifference,
} from '../measurement/signed-differences.ts';
import type { Decision } from '../review/review.ts';
import type { SignedResult } from '../review/signed-result.ts';
import { listed } from '../wording/listed.ts';
import { methodText } from '../wording/method.ts';
import type { Finding } from './finding.ts';

/** More than these are counted, not listed. */
const mostListed = 6;

/**
 * Says which numbers are others now than those that somebody signed: with other settings, a newer version of Systola,
 * facts that were read again. Whoever edits takes the signature back, so that none of it is theirs.
 */
export function signedFindings(
  decision: Decision,
  live: LiveNumbers,
  clips: readonly ClipFacts[],
  options: MeasureOptions,
): Finding[] {
  if (decision.state === 'pending' || decision.signed === undefined) return [];
  const { signed, by, state } = decision;
  const [first, ...more] = signedDifferences(signed, live, clips);
  if (first === undefined) return [];
  const told = more.slice(0, mostListed - 1);
  return [
    {
      code: 'differs-from-signed',
      severity: 'warning',
      message: message('finding.differs-from-signed', {
        by: by || message('common.unnamed-reader'),
        state: state === 'accepted' ? 'accepted' : 'other',
        version: signed.version,
        software: signed.software,
        ...changedSettings(signed, options),
        numbers: listed([differenceText(first), ...told.map(differenceText)], 'list.semicolon'),
        more: more.length - told.length,
      }),
      sources: [],
    },
  ];
}

/** "EF 55 %, now 50 %". In words: no font of the report has an arrow. */
function differenceText({ what, signed, now }: SignedDifference): Message {
  const none = message('common.not-given');
  return message('finding.differs-from-signed.number', { what, signed: signed ?? none, now: now ?? none });
}

/** Settings that numbers were signed with, as far as they are others now. */
function changedSettings({ options: was }: SignedResult, now: MeasureOptions) {
  const then = String(was['bsaFormula'] ?? now.bsaFormula);
  return {
    settings: then === now.bsaFormula ? 'other' : 'differ',
    formulaThen: methodText(then),
    formulaNow: methodText(now.bsaFormula),
  } as const;
}
