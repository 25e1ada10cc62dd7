import type { StudyMeasurements } from '../../../core/assessment/measure-study.ts';
import type { ClipStage } from '../../../core/clip/clip.ts';
import { restingStage, sameStage } from '../../../core/clip/stage.ts';
import { saysStress } from '../../../core/clip/stage-name.ts';
import { codes } from '../../dicom/write/codes.ts';
import { codeValue, related, type RelatedItem } from '../../dicom/write/content-item.ts';

/** At rest or under stress, of numbers of a stress study; nothing where the stage does not tell, or there are no stages. */
export function patientStateItems(
  { stages }: Pick<StudyMeasurements, 'stages'>,
  stage: ClipStage | null,
): RelatedItem[] {
  if (stage === null) return [];
  const state = sameStage(stage, restingStage(stages)?.stage ?? null)
    ? codes.resting
    : saysStress(stage.name ?? '')
      ? codes.stress
      : null;
  return state === null ? [] : [related('HAS ACQ CONTEXT', codeValue(codes.patientState, state))];
}

/** The stage of a clip as the study tells stages apart. */
export const stageOfClip = (
  { stages }: Pick<StudyMeasurements, 'stages'>,
  sopInstanceUid: string,
): ClipStage | null => stages.find(({ clips }) => clips.includes(sopInstanceUid))?.stage ?? null;
