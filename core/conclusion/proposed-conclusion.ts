import { message, type Message } from '../language/message.ts';
import { referenceEdition } from '../reference-limits/limits.ts';
import { atriumSentence } from './atrium.ts';
import { changeSentence } from './change.ts';
import type { ConclusionInput } from './conclusion-input.ts';
import { ejectionSentence } from './ejection.ts';
import { heartRateSentence } from './heart-rate.ts';
import { limitationSentence, notGradedSentences } from './limitations.ts';
import { stageSentence } from './stage.ts';
import { strainSentence } from './strain.ts';
import { verdictOf } from './verdict.ts';
import { volumeSentences } from './volumes.ts';

/**
 * A conclusion as it is proposed to the reader, a sentence a line: what was measured and what the guideline calls it, the
 * change, and what limits it. Each rule is a function of this folder that names its source; none says more than the
 * findings allow.
 */
export function proposedConclusion(input: ConclusionInput): readonly Message[] {
  return [
    stageSentence(input),
    ejectionSentence(input),
    ...volumeSentences(input),
    atriumSentence(input),
    strainSentence(input),
    heartRateSentence(input),
    changeSentence(input),
    ...notGradedSentences(input),
    limitationSentence(input),
    sourceSentence(input),
  ].filter((sentence) => sentence !== null);
}

/** The source of the grades, where there is one. */
function sourceSentence(input: ConclusionInput): Message | null {
  const isGraded = input.measured.measurements.some((one) => verdictOf(input, one)?.grade);
  if (!isGraded) return null;
  const sex = input.sex === 'male' || input.sex === 'female' ? input.sex : 'other';
  return message('conclusion.source', { edition: referenceEdition.name, sex });
}
