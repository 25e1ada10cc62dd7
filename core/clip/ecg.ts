/** Where the file of a clip keeps its ECG: a Waveform Sequence (5400,0100), or a curve of the retired groups 50xx. */
export type EcgSource = 'waveform' | 'curve';

/**
 * How its place in time is known. `stated`: by an offset or a trigger of the file. `assumed`: nothing states it, and it is
 * as long as the loop. `unknown`: nothing states it, and it is not.
 */
export type EcgAlignment = 'stated' | 'assumed' | 'unknown';

/** What a file says of its ECG, without the samples. */
export interface EcgFacts {
  readonly source: EcgSource;
  /** "II", "aVF", "V5": the name of a lead and nothing else that a file may say; null where it names none. */
  readonly lead: string | null;
  /** null where values have no unit. */
  readonly unit: 'mV' | null;
  readonly samples: number;
  readonly samplesPerSecond: number;
  /** Time of the first sample, ms from the first frame. */
  readonly startMs: number;
  readonly alignment: EcgAlignment;
}

/** The ECG of a clip as a window draws it. */
export interface EcgTrace {
  /** Time between values, ms; longer than between samples where there were more than a window can show. */
  readonly stepMs: number;
  readonly startMs: number;
  /** null where the file has no value. */
  readonly values: readonly (number | null)[];
}
