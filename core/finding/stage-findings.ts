import type { ClipStage } from '../clip/clip.ts';
import { stageName, type StudyStage } from '../clip/stage.ts';
import { message } from '../language/message.ts';
import {
  clipHeartRate,
  heartRateTolerance,
  type ClipPair,
  type PairObstacle,
} from '../measurement/pairing.ts';
import type { Finding } from './finding.ts';

/** A pair that something stands against, and whether the reader wants it all the same. */
export interface PairProblem {
  readonly pair: ClipPair;
  readonly obstacle: PairObstacle;
  readonly accepted: boolean;
}

/** Several stages, none of which is known to be at rest. */
export function noRestingStage(stages: readonly StudyStage[]): Finding {
  const names = stages.map(({ stage }) => stageName(stage));
  return {
    code: 'no-resting-stage',
    severity: 'refusal',
    message: message('finding.no-resting-stage', { stages: names }),
    sources: [],
  };
}

/** Why two clips are no biplane, or that they are one by the reader's word only. */
export function obstacleFinding(
  { pair, obstacle, accepted }: PairProblem,
  stageOf: (sopInstanceUid: string) => ClipStage | null,
): Finding {
  const { a4c, a2c } = pair;
  const suffix = accepted ? '.accepted' : '';
  const words =
    obstacle === 'stages-differ'
      ? message(`finding.${obstacle}${suffix}`, {
          a4c: stageName(stageOf(a4c.facts.sopInstanceUid)),
          a2c: stageName(stageOf(a2c.facts.sopInstanceUid)),
        })
      : message(`finding.${obstacle}${suffix}`, {
          a4c: clipHeartRate(a4c)!,
          a2c: clipHeartRate(a2c)!,
          limit: 100 * heartRateTolerance,
        });
  return {
    code: obstacle,
    severity: accepted ? 'warning' : 'refusal',
    message: words,
    sources: [a4c, a2c].flatMap(({ facts, numbers }) =>
      numbers.measuredBeats
        .slice(0, 1)
        .map(({ beat }) => ({ sopInstanceUid: facts.sopInstanceUid, frame: beat.edFrame })),
    ),
  };
}
