/** One cardiac cycle in a clip. ED and ES always belong to the same beat. */
export interface Beat {
  readonly edFrame: number;
  readonly esFrame: number;
  /** ED frame of the following beat, null when the clip ends before it. */
  readonly nextEdFrame: number | null;
  readonly source: 'model' | 'user';
}
