import type { RunRecord } from './review.ts';

/** What tells a model from another that would draw other contours. */
export interface ContourMaker {
  /** SHA-256 of the graph. */
  readonly sha256: string;
  /** SHA-256 of the graph's hash and everything else that decides contours. */
  readonly contourHash: string;
}

/** Whether a run would have the same contours today; records from before there was such a hash are told by the graph. */
export function isMadeBy(run: Pick<RunRecord, 'sha256' | 'contourHash'>, maker: ContourMaker): boolean {
  return run.contourHash === undefined ? run.sha256 === maker.sha256 : run.contourHash === maker.contourHash;
}
