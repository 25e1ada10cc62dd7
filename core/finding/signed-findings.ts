import type { ClipFacts } from '../clip/clip.ts';
import type { MeasureOptions } from '../measurement/measure-options.ts';
import {
  signedDifferences,
  type LiveNumbers,
  type SignedDifference,
} from '../measurement/signed-differences.ts';
import type { Decision } from '../review/review.ts';
import type { SignedResult } from '../review/signed-result.ts';
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
  const differences = signedDifferences(signed, live, clips);
  if (differences.length === 0) return [];
  const listed = differences.slice(0, mostListed).map(differenceText);
  const others = differences.length - listed.length;
  const settings = changedSettings(signed, options);
  return [
    {
      code: 'differs-from-signed',
      severity: 'warning',
      message: `Numbers are others now than those that ${by || 'an unnamed reader'} ${state} (version ${signed.version}, Systola ${signed.software}${settings === '' ? '' : `, ${settings}`}): ${listed.join('; ')}${others > 0 ? ` and ${others} more` : ''}. The numbers shown are those of now. Sign them anew, or find out what changed them.`,
      sources: [],
    },
  ];
}

/** "EF 55 %, now 50 %". In words: no font of the report has an arrow. */
function differenceText({ what, signed, now }: SignedDifference): string {
  return `${what} ${signed ?? 'not given'}, now ${now ?? 'not given'}`;
}

/** Settings that numbers were signed with, as far as they are others now. */
function changedSettings({ options: was }: SignedResult, now: MeasureOptions): string {
  const formula = was['bsaFormula'];
  return formula === undefined || formula === now.bsaFormula
    ? ''
    : `BSA by ${methodText(String(formula))}, now by ${methodText(now.bsaFormula)}`;
}
