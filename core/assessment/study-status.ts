import type { Decision } from '../review/review.ts';
import type { ListedResult } from './listed-result.ts';

/** How far a study has come, in the order in which a reader cares. */
export const studyStatuses = [
  'problem',
  'to-review',
  'corrected',
  'measuring',
  'new',
  'signed',
  'rejected',
] as const;
export type StudyStatus = (typeof studyStatuses)[number];

/** What is going on with the clips of a study in this launch. */
export type StudyActivity = 'measuring' | 'failed' | null;

/**
 * A decision stands whatever runs; a study is new until every clip that can be measured has been.
 *
 * @param result as far as it is known; of an older state too, whose numbers are shown nowhere
 */
export function studyStatus(
  decision: Decision['state'],
  result: Pick<ListedResult, 'unmeasured' | 'corrected'> | null,
  activity: StudyActivity,
): StudyStatus {
  if (decision !== 'pending') return decision === 'accepted' ? 'signed' : 'rejected';
  if (activity === 'measuring') return 'measuring';
  // Who draws by hand has seen that the model could not.
  if (result?.corrected === true) return 'corrected';
  if (activity === 'failed') return 'problem';
  return result === null || result.unmeasured > 0 ? 'new' : 'to-review';
}
