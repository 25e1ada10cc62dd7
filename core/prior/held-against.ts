import type { StudyReview } from '../review/review.ts';
import type { ComparableStudy } from './comparable-study.ts';
import { usualPrior } from './prior-choice.ts';

/**
 * Which study a report is to be compared with: the one that was signed with it, while it is signed; the one that the
 * reader chose; else the usual one. `studyInstanceUid` null: with none.
 */
export type WantedPrior =
  | { readonly by: 'signature'; readonly studyInstanceUid: string | null }
  | { readonly by: 'reader'; readonly studyInstanceUid: string }
  | { readonly by: 'rule' };

export function wantedPrior({ decision, prior }: Pick<StudyReview, 'decision' | 'prior'>): WantedPrior {
  const signed = decision.state === 'accepted' ? decision.signed?.report?.prior : undefined;
  if (signed !== undefined) return { by: 'signature', studyInstanceUid: signed };
  return prior === null ? { by: 'rule' } : { by: 'reader', studyInstanceUid: prior };
}

/** The study that another is held against, and who said so. */
export interface HeldAgainst<T> {
  readonly study: T;
  readonly by: WantedPrior['by'];
}

/**
 * The study that is wanted, as long as it is one of the patient's. Where it is none of them any more (deleted, corrected,
 * parted) the usual one takes the place of the reader's choice; that of what was signed nothing takes.
 *
 * @param studies those of the same patient, and no others
 */
export function heldAgainst<
  T extends Pick<ComparableStudy, 'studyInstanceUid' | 'date' | 'standing' | 'measurements'>,
>(studies: readonly T[], today: string | null, wanted: WantedPrior): HeldAgainst<T> | null {
  if (wanted.by !== 'rule') {
    const study = studies.find(({ studyInstanceUid }) => studyInstanceUid === wanted.studyInstanceUid);
    if (study !== undefined) return { study, by: wanted.by };
    if (wanted.by === 'signature') return null;
  }
  const usual = usualPrior(studies, today);
  return usual && { study: usual, by: 'rule' };
}
