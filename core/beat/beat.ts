/** One cardiac cycle in a clip. ED and ES always belong to the same beat. */
export interface Beat {
  readonly edFrame: number;
  readonly esFrame: number;
  /** ED frame of the following beat, null when the clip ends before it. */
  readonly nextEdFrame: number | null;
  readonly source: 'model' | 'user';
}

/** First and last frame of a beat; of one that the clip cuts off, as far as its marks reach. */
export const beatSpan = ({ edFrame, esFrame, nextEdFrame }: Beat): readonly [first: number, last: number] => [
  Math.min(edFrame, esFrame),
  nextEdFrame ?? Math.max(edFrame, esFrame),
];
