import { message, type Message } from '../language/message.ts';

/** One after the other, as a list of what is counted up without "and": "frames 1 to 9, frames 20 to 31". */
export function listed(
  items: readonly [Message, ...Message[]],
  by: 'list.comma' | 'list.semicolon' = 'list.comma',
): Message {
  const [first, next, ...others] = items;
  return next === undefined ? first : message(by, { first, others: listed([next, ...others], by) });
}
