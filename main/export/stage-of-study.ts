import type { StudyMeasurements } from '../../core/assessment/measure-study.ts';
import type { ClipFacts, ClipStage } from '../../core/clip/clip.ts';
import { sameStage } from '../../core/clip/stage.ts';
import type { Measurement } from '../../core/measurement/measurement.ts';

/**
 * The stage that a number of the study is of: that of the clips it was read from, null where these are of several or it
 * is of none (body surface area, a heart rate that was entered).
 */
export function stageOfStudy(
  { sources, method }: Measurement,
  clips: readonly ClipFacts[],
  { stages, stage }: StudyMeasurements,
): ClipStage | null {
  if (sources.length === 0) return method === 'file' ? stage : null;
  const of = [...new Set(sources.map(({ sopInstanceUid }) => sopInstanceUid))].map(
    (uid) =>
      stages.find((one) => one.clips.includes(uid))?.stage ??
      clips.find(({ sopInstanceUid }) => sopInstanceUid === uid)?.stage ??
      null,
  );
  const [first = null] = of;
  return of.every((other) => sameStage(other, first)) ? first : null;
}
