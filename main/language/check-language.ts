import { z } from 'zod';
import english from '../../core/language/en.json' with { type: 'json' };
import { SystolaError } from '../../core/error.ts';
import type { LanguageFile } from '../../core/language/language.ts';
import { messageArguments } from './message-arguments.ts';

const languageFileSchema = z.object({
  tag: z.string().min(2).max(35),
  name: z.string().trim().min(1).max(60),
  messages: z.record(z.string().max(200), z.string().max(4000)),
});

const inEnglish: Readonly<Record<string, string>> = english.messages;

/** A language that can be spoken, and the messages of its file that cannot. */
export interface CheckedLanguage {
  readonly file: LanguageFile;
  /** Ids of messages that are said in English: they cannot be read, or name something that their message is not about. */
  readonly unreadable: readonly string[];
  /** How many messages of the program the file has, of how many. */
  readonly messages: number;
  readonly of: number;
}

/**
 * A language file as it can be used. Messages that the program does not have are left out without a word: they are of
 * another version.
 *
 * @throws SystolaError `malformed` when it is no language file
 */
export function checkLanguage(value: unknown, fileName: string): CheckedLanguage {
  const read = languageFileSchema.safeParse(value);
  if (!read.success) {
    const [issue] = read.error.issues;
    throw malformed(fileName, `at ${issue?.path.join('.') || 'the top'}: ${issue?.message ?? ''}`);
  }
  const { tag, name, messages } = read.data;
  if (canonicalTag(tag) === null) throw malformed(fileName, `"${tag}" is no language tag (BCP 47)`);
  const unreadable: string[] = [];
  const usable: Record<string, string> = {};
  for (const [id, text] of Object.entries(messages)) {
    if (!Object.hasOwn(inEnglish, id)) continue;
    if (canBeSaid(text, inEnglish[id]!)) usable[id] = text;
    else unreadable.push(id);
  }
  return {
    file: { tag: canonicalTag(tag)!, name, messages: usable },
    unreadable,
    messages: Object.keys(usable).length,
    of: Object.keys(inEnglish).length,
  };
}

/** Whether a message can be read and wants nothing but what the English one is given, in the same way. */
function canBeSaid(text: string, english: string): boolean {
  if (text.trim() === '') return false;
  try {
    const given = messageArguments(english);
    return [...messageArguments(text)].every(([name, type]) => {
      const offered = given.get(name);
      // Whatever is given can stand as it is; a plural or number wants a number, a selection the same choices.
      return offered !== undefined && (type === 'MessageValue' || type === offered);
    });
  } catch {
    return false;
  }
}

/** As Intl writes it; null of what is no tag or of a language that Intl does not know. */
function canonicalTag(tag: string): string | null {
  try {
    const [canonical] = Intl.getCanonicalLocales(tag);
    return canonical !== undefined && Intl.NumberFormat.supportedLocalesOf(canonical).length > 0
      ? canonical
      : null;
  } catch {
    return null;
  }
}

const malformed = (fileName: string, what: string): SystolaError =>
  new SystolaError(
    'malformed',
    `This is no language file, ${what}. Mend the file or take it away.`,
    fileName,
  );
