import type { EcgFacts } from '../../../core/clip/ecg.ts';

/** An ECG as it lies in a file. */
export interface FoundEcg {
  readonly source: EcgFacts['source'];
  readonly lead: string | null;
  readonly unit: 'mV' | null;
  readonly samplesPerSecond: number;
  /** ms from the first frame; null where nothing states it. */
  readonly startMs: number | null;
  readonly samples: number;
  /** Value of a sample; null where there is none. */
  at(sample: number): number | null;
}
