import { isGoing, type RunState } from '../../core/api/events.ts';
import type { Beat } from '../../core/beat/beat.ts';
import type { Finding, FindingCode } from '../../core/finding/finding.ts';
import type { StudyMeasurements } from '../../core/assessment/measure-study.ts';
import type { Measurement } from '../../core/measurement/measurement.ts';

type Runs = Readonly<Record<string, RunState>>;

/** Beats of a clip that are more than what the frames so far happen to show: while its run goes on, whole ones only. */
export function settledBeats(beats: readonly Beat[], run: RunState | undefined): readonly Beat[] {
  // Only the last beat can be cut off, so that the others keep their numbers.
  return isGoing(run) ? beats.filter((beat) => beat.nextEdFrame !== null) : beats;
}

/** Numbers that may be shown: from clips whose run has ended or that show a whole beat so far. */
export function showable(
  numbers: readonly Measurement[],
  clips: StudyMeasurements['clips'],
  runs: Runs,
): readonly Measurement[] {
  const ready = (uid: string) =>
    !isGoing(runs[uid]) || settledBeats(clips[uid]?.beats ?? [], runs[uid]).length > 0;
  return numbers.filter(({ sources }) => sources.every(({ sopInstanceUid }) => ready(sopInstanceUid)));
}

/** What a file says, and contours yet to come do not change. */
const ofTheFile: readonly FindingCode[] = [
  'timing-guessed',
  'no-calibration',
  'calibration-by-user',
  'low-frame-rate',
  'view-unknown',
  'view-recognised',
  'view-contradicted',
  'colour-overlay',
  'different-patients',
  'read-again',
];

/** While a run goes on, only findings that it will not settle: nothing comes and goes. */
export const lastingFindings = (findings: readonly Finding[], going: boolean): readonly Finding[] =>
  going ? findings.filter(({ code }) => ofTheFile.includes(code)) : findings;
