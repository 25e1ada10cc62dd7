/** Which attribute the frame times of a clip come from, in order of preference (DICOM PS3.3 C.7.6.5). */
export const timingSources = [
  'frame-time',
  'frame-time-vector',
  'actual-frame-duration',
  'effective-duration',
  'cine-rate',
  'recommended-display-rate',
  'assumed',
  'still',
] as const;
export type TimingSource = (typeof timingSources)[number];

export interface ClipTiming {
  readonly source: TimingSource;
  /** True when the times are display hints or assumed; such times never reach heart rate or output. */
  readonly guessed: boolean;
  /** Time of each frame in ms from the first one; frameTimesMs[0] = 0, strictly increasing. */
  readonly frameTimesMs: readonly number[];
  /** Length of one pass in ms, the showing time of the last frame included. */
  readonly durationMs: number;
  /** Preferred Playback Sequencing (0018,1244): 0 loop, 1 sweep. */
  readonly playback: 'loop' | 'sweep';
}
