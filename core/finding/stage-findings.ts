import type { ClipStage } from '../clip/clip.ts';
import { stageName, type StudyStage } from '../clip/stage.ts';
import { clipHeartRate, type ClipPair, type PairObstacle } from '../measurement/pairing.ts';
import { decimalText } from '../wording/number-text.ts';
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
    message: `No stage of this study is known to be the one at rest (${listed(names)}): there are no numbers for the study until one is chosen. Choose the stage.`,
    sources: [],
  };
}

/** Why two clips are no biplane, or that they are one by the reader's word only. */
export function obstacleFinding(
  { pair, obstacle, accepted }: PairProblem,
  stageOf: (sopInstanceUid: string) => ClipStage | null,
): Finding {
  const { a4c, a2c } = pair;
  const said =
    obstacle === 'stages-differ'
      ? `A4C is of stage ${stageName(stageOf(a4c.facts.sopInstanceUid))}, A2C of stage ${stageName(stageOf(a2c.facts.sopInstanceUid))}`
      : `A4C was recorded at ${rate(clipHeartRate(a4c))} and A2C at ${rate(clipHeartRate(a2c))} beats a minute, more than 20 % apart`;
  return {
    code: obstacle,
    severity: accepted ? 'warning' : 'refusal',
    message: accepted
      ? `${said}: they are combined to one biplane because the reader wants it. Their volumes may be of two states of the heart.`
      : `${said}: they are not combined, because their volumes may be of two states of the heart. Use clips of one stage and like heart rates, or combine them on your own word.`,
    sources: [a4c, a2c].flatMap(({ facts, numbers }) =>
      numbers.measuredBeats
        .slice(0, 1)
        .map(({ beat }) => ({ sopInstanceUid: facts.sopInstanceUid, frame: beat.edFrame })),
    ),
  };
}

function rate(bpm: number | null): string {
  return bpm === null ? '?' : decimalText(bpm, 0);
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)!}`;
}
