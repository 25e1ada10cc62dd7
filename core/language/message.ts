import type { MessageValues } from './message-values.ts';
import type { Message, MessageValue } from './message-value.ts';

export type { Message } from './message-value.ts';

/** Every message of the catalogue (en.json). */
export type MessageId = keyof MessageValues;

/** What a message wants to be given: nothing, or an object with what it names. */
export type ValuesOf<Id extends MessageId> = MessageValues[Id] extends null
  ? readonly []
  : readonly [values: MessageValues[Id]];

/**
 * A message with what it is about. Core says what is to be said this way; window, report and files put it into words
 * (`Language.say`), each in its language.
 */
export const message = <Id extends MessageId>(id: Id, ...[values]: ValuesOf<Id>): Message => ({
  id,
  values: (values ?? {}) as Readonly<Record<string, MessageValue>>,
});
