import { inEnglish } from '../../core/language/english.ts';
import { Language, type LanguageFile } from '../../core/language/language.ts';
import type { Message, MessageId, ValuesOf } from '../../core/language/message.ts';

let spoken = $state.raw<Language>(inEnglish);

/** The language of the window; whatever it shows follows when it changes. */
export const language = {
  get current(): Language {
    return spoken;
  },
  /** @param file null for English, which the program brings along */
  use(file: LanguageFile | null): void {
    spoken = file === null ? inEnglish : new Language(file, inEnglish);
  },
};

/** What is put into words when it is shown: a message of the catalogue, or words that are no message. */
export type Words = string | Message;

/** Words in the window's language. */
export const inWords = (words: Words): string => (typeof words === 'string' ? words : spoken.say(words));

/** A message of the catalogue in the window's language. */
export function say(message: Message): string;
export function say<Id extends MessageId>(id: Id, ...values: ValuesOf<Id>): string;
export function say<Id extends MessageId>(asked: Message | Id, ...values: ValuesOf<Id>): string {
  return typeof asked === 'string' ? spoken.say(asked, ...values) : spoken.say(asked);
}
