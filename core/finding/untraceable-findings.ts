import type { View } from '../clip/view.ts';
import { type Untraceable, untraceableWords } from '../measurement/untraceable.ts';
import type { Finding, FindingCode, FindingSeverity } from './finding.ts';

const codes: Readonly<Record<Untraceable, readonly [FindingCode, FindingSeverity]>> = {
  'not-b-mode': ['not-traced', 'information'],
  still: ['not-traced', 'information'],
  'picture-not-chosen': ['several-pictures', 'refusal'],
  frozen: ['frozen-picture', 'refusal'],
  'not-apical': ['not-traced', 'information'],
  'recognised-other': ['not-traced', 'information'],
};

/** Why a clip has no numbers where it is no moving picture of an apical view. */
export function untraceableFindings(reason: Untraceable, view: View): Finding[] {
  const [code, severity] = codes[reason];
  return [{ code, severity, message: untraceableWords(reason, view), sources: [] }];
}
