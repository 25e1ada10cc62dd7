import type { ClipReview, PropagationRecord } from './review.ts';

/** What is recorded of one structure. */
export type OwnPropagation = Omit<PropagationRecord, 'others'>;

/** The last propagation of each structure of a clip, the latest first. */
export function propagationRecords({ propagation }: Pick<ClipReview, 'propagation'>): OwnPropagation[] {
  if (propagation === null) return [];
  const { others = [], ...latest } = propagation;
  return [latest, ...others];
}

/** A propagation as it is recorded in a clip: beside the last ones of other structures, in the place of its own. */
export function besideOthers(
  record: OwnPropagation,
  clip: Pick<ClipReview, 'propagation'>,
): PropagationRecord {
  const others = propagationRecords(clip).filter(({ structure }) => structure !== record.structure);
  return others.length === 0 ? record : { ...record, others };
}
