import type { Message } from '../language/message.ts';

/** A language that can be chosen, or a language file that cannot. */
export interface LanguageInfo {
  /** BCP 47, as `Settings.language` has it; null of a file that cannot be used. */
  readonly tag: string | null;
  /** Of the language in itself; of a file that cannot be used the file's. */
  readonly name: string;
  /** In the folder `languages` of the library; null of what the program brings along. */
  readonly file: string | null;
  /** What is wrong with the file or lacks in it; null of a whole one. */
  readonly problem: Message | null;
}
