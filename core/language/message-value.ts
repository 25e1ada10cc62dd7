/** A sentence or part of one, not yet in any language: which message of the catalogue, and what it is about. */
export interface Message {
  readonly id: string;
  readonly values: Readonly<Record<string, MessageValue>>;
}

/** What stands in a message: names and whole numbers as they are, other messages, or a list ("A, B and C"). */
export type MessageValue = string | number | Message | readonly (string | Message)[];
