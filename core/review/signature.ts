/** One signature of a study's history, without its numbers. */
export interface Signature {
  readonly version: number;
  /** The revision that it was signed by. */
  readonly revision: number;
  readonly state: 'accepted' | 'rejected';
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly by: string;
  /** Why the study was signed again; null where nobody had to say. */
  readonly reason: string | null;
  /** The revision of the version that it replaces. */
  readonly replaces: number | null;
  /** False of one that was stored before numbers were kept with it. */
  readonly hasNumbers: boolean;
  /** An undo took it back, so that it counts for nothing. */
  readonly undone: boolean;
}
