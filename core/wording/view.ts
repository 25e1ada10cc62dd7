import type { View, ViewCode } from '../clip/view.ts';
import { message, type Message } from '../language/message.ts';

/** A view as a person reads it. */
export const viewNamed = (view: ViewCode): Message => message('view.name', { view });

/** A certainty in whole per cent; a model is never entirely sure, whatever it rounds to. */
export function certaintyPercent(certainty = 0): number {
  return Math.min(99, Math.max(1, Math.round(100 * certainty)));
}

/** The view of a clip as a person reads it; one that a model recognised and nobody confirmed is marked as that. */
export function viewText({ code, source, certainty }: View, name: Message = viewNamed(code)): Message {
  if (source !== 'recognised') return name;
  return message('view.recognised', { view: name, percent: certaintyPercent(certainty) });
}
