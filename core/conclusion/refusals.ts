import type { StudyMeasurements } from '../assessment/measure-study.ts';
import { byEffect } from '../finding/effect.ts';
import { shortWords } from '../finding/short-words.ts';
import { inEnglish } from '../language/english.ts';
import type { Message } from '../language/message.ts';

/** The gravest reason why a study has no number; null where nothing says one. */
export function refusedBecause({
  findings,
  clips,
}: Pick<StudyMeasurements, 'findings' | 'clips'>): Message | null {
  const refusals = [...findings, ...Object.values(clips).flatMap((clip) => clip.findings)]
    .filter(({ severity, code }) => severity === 'refusal' && code !== 'not-traced')
    .toSorted(byEffect);
  // A study without one contour says only that nothing was traced.
  const [first] = refusals.map(shortWords);
  return first === undefined || inEnglish.say(first) === '' ? null : first;
}
