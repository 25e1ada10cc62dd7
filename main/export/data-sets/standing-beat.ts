import type { MeasuredBeat } from '../../../core/measurement/beat-measurements.ts';
import type { ResearchClip } from '../research/measurement-rows.ts';

/** Numbers of a beat by the method of disks in its own plane; null for what is not given. */
export interface BeatNumbers {
  readonly edvMl: number | null;
  readonly esvMl: number | null;
  readonly efPercent: number | null;
}

/**
 * The beat that stands for a clip where a format has place for one: of those that the means rest on, the one whose EF is
 * nearest to their mean, of equals the first. null where no beat is measured.
 */
export function standingBeat(clip: ResearchClip): MeasuredBeat | null {
  const mean = beatNumbers(clip, null).efPercent;
  let best: MeasuredBeat | null = null;
  let least = Infinity;
  for (const measured of clip.measured.includedBeats) {
    const { efPercent } = beatNumbers(clip, measured.index);
    const away = mean === null || efPercent === null ? Number.MAX_VALUE : Math.abs(efPercent - mean);
    if (away < least) [best, least] = [measured, away];
  }
  return best;
}

/** @param beat index of the beat; null for the means of the clip */
export function beatNumbers({ measured }: ResearchClip, beat: number | null): BeatNumbers {
  const of = (name: string): number | null =>
    measured.measurements.find(
      (one) => one.name === name && one.method === 'single-plane-disks' && one.beat === beat,
    )?.value ?? null;
  return { edvMl: of('EDV'), esvMl: of('ESV'), efPercent: of('EF') };
}
