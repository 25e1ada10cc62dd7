import { stageName } from '../clip/stage.ts';
import { message, type Message } from '../language/message.ts';
import { type ConclusionInput, numberOf } from './conclusion-input.ts';

/**
 * The stage that the numbers are of, as the protocol names it: where there are several, and where the only one is none
 * at rest. A resting study whose files number their one stage says nothing of it.
 */
export function stageSentence(input: ConclusionInput): Message | null {
  const { stages, stage, atRest, used } = input.measured;
  const isOne = stages.filter(({ stage: stated }) => stated !== null).length < 2;
  if (numberOf(input, 'EF') === undefined || (isOne && atRest)) return null;
  if (stages.filter(({ clips }) => clips.some((uid) => used.includes(uid))).length > 1)
    return message('conclusion.stages');
  return stage !== null && stage.name === null
    ? message('conclusion.stage.numbered', { number: stage.number ?? '?' })
    : message('conclusion.stage', { stage: stageName(stage) });
}
