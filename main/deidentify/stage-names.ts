import { foldedProtocolName } from '../../core/clip/stage.ts';
import { saysRest, saysStress } from '../../core/clip/stage-name.ts';
import type { ClipStage } from '../../core/clip/clip.ts';
import type { Identifiers } from './identifiers.ts';
import type { ProjectKey } from './project-key.ts';

/** What a name says of rest, by words that say it too; of several one that is nobody's name. */
const words = {
  rest: ['REST', 'BASELINE', 'RUHE'],
  stress: ['STRESS', 'EXERCISE', 'LOAD'],
  neither: ['STAGE', 'PHASE', 'STEP'],
} as const;

/**
 * A stage as it may leave. In the place of a name that is somebody's stands another one, by the project's key: the same
 * for the same stage in every file and report of a patient, another for another one, and at rest where the name said so.
 * So stages stay what they are told apart by, and numbers those of the stage that they were of.
 *
 * @param patient as `patientIdentity` tells patients apart
 */
export function harmlessStage(
  stage: ClipStage | null,
  identifiers: Pick<Identifiers, 'standIn'>,
  key: ProjectKey,
  patient: string,
): ClipStage | null {
  if (stage === null || stage.name === null || !identifiers.standIn(stage.name)) return stage;
  const { name, number } = stage;
  const said = words[saysRest(name) ? 'rest' : saysStress(name) ? 'stress' : 'neither'];
  const word = said.find((one) => !identifiers.standIn(one)) ?? said[0];
  return { name: `${word} ${key.stageNumber(patient, foldedProtocolName(name))}`, number };
}
