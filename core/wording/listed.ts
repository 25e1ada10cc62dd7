import { message, type Message } from '../language/message.ts';

/** One after the other, as a list of what is counted up without "and": "frames 1 to 9, frames 20 to 31". */
export function listed(
  items: readonly [Message, ...Message[]],
  by: 'list.comma' | 'list.semicolon' = 'list.comma',
): Message {
  return items.reduceRight((others, first) => message(by, { first, others }));
}
