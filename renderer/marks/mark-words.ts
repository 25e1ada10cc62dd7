import type { ClipFacts } from '../../core/clip/clip.ts';
import { message, type Message } from '../../core/language/message.ts';
import type { Caliper, Mark } from '../../core/mark/mark.ts';
import { caliperLength, caliperScale } from '../../core/review/caliper-length.ts';
import type { ClipReview } from '../../core/review/review.ts';
import { frameNumber } from '../../core/wording/frame-number.ts';
import { caliperText } from '../../core/wording/mark.ts';
import { keyTextOf } from '../keyboard/key-words.ts';

type Scaled = Pick<ClipReview, 'ruler' | 'picture'>;

/** How a distance is shown on its frame: "23.4 mm", "IVSd 9.1 mm", or in few words why there is none. */
export const lengthText = (
  facts: ClipFacts,
  review: Scaled,
  caliper: Pick<Caliper, 'from' | 'to' | 'name' | 'words'>,
): Message => caliperText(caliperLength(facts, review, caliper), caliper);

/** Why no distance can be measured in a clip and what can be done; null where it can. */
export function whyNoCaliper(facts: ClipFacts, review: Scaled): Message | null {
  const { refusal } = caliperScale(facts, review);
  return refusal === null ? null : refusedWords(refusal);
}

/** One sentence on why a distance was not put down. */
export function refusedWords(refusal: NonNullable<ReturnType<typeof caliperLength>['refusal']>): Message {
  return message(`mark.refused.${refusal}`, { ruler: keyTextOf('ruler') });
}

/** What is done to a mark; a distance is reworded where it is given a name, or another one. */
export type MarkStep = 'put' | 'moved' | 'deleted' | 'reworded';

/** What a step of history says of a mark that was put down, changed or taken away. */
export function stepText(what: MarkStep, facts: ClipFacts, review: Scaled, mark: Mark): Message {
  const frame = frameNumber(mark.frame);
  return mark.kind === 'note'
    ? message(`mark.step.note-${what}`, { text: mark.text, frame })
    : message(`mark.step.caliper-${what}`, {
        length: lengthText(facts, review, mark),
        frame,
      });
}
