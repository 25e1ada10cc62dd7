import { message, type Message } from '../language/message.ts';
import type { Finding } from './finding.ts';

/** Sentences that say more than their finding's code does: a clip that is traced is not "Not traced" for want of a second. */
const ofSentence: Readonly<Record<string, Message>> = {
  'finding.not-traced.view': message('finding.not-traced.view.short'),
  'finding.not-traced.study': message('finding.not-traced.study.short'),
  'finding.view-recognised.study': message('finding.view-recognised.study.short'),
  'clip.untraceable.recognised-other': message('finding.not-traced.recognised-other.short'),
};

/** A finding at a glance, in at most eight words; its message says the rest. */
export function shortWords({ code, message: { id, values } }: Pick<Finding, 'code' | 'message'>): Message {
  const { structure } = values;
  if (code === 'structure-unsure' && structure !== undefined)
    return message('finding.structure-unsure.short.of', { structure });
  return ofSentence[id] ?? message(`finding.${code}.short`);
}
