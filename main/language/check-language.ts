import { z } from 'zod';
import english from '../../core/language/en.json' with { type: 'json' };
import { SystolaError } from '../../core/error.ts';
import { Language, type LanguageFile } from '../../core/language/language.ts';
import { messageArguments, type MessageArgument } from './message-arguments.ts';

const languageFileSchema = z.object({
  tag: z.string().min(2).max(35),
  name: z.string().trim().min(1).max(60),
  messages: z.record(z.string().max(200), z.string().max(4000)),
});

/** What each message of the program is given; read when the first file is checked, because most libraries have none. */
const argumentsInEnglish = (): ReadonlyMap<string, ReadonlyMap<string, MessageArgument>> =>
  (known ??= new Map(
    Object.entries(english.messages).map(([id, text]) => [id, messageArguments(text)] as const),
  ));
let known: ReadonlyMap<string, ReadonlyMap<string, MessageArgument>> | null = null;

/** Stands on every screen and every page: it can be read, and has a place. */
const notice = 'notice.research-use';
const leastNoticeLetters = 12;
const mostNoticeCharacters = 120;

/** A language that can be spoken, and the messages of its file that cannot. */
export interface CheckedLanguage {
  readonly file: LanguageFile;
  /** Ids of messages that are said in English instead, because they cannot be read, or give other values than it. */
  readonly unusable: readonly string[];
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
  const { name, messages } = read.data;
  const tag = canonicalTag(read.data.tag);
  if (tag === null) throw malformed(fileName, `"${read.data.tag}" is no language tag (BCP 47)`);
  const inEnglish = argumentsInEnglish();
  const language = new Language({ tag, name, messages });
  const unusable: string[] = [];
  const usable: Record<string, string> = {};
  for (const [id, text] of Object.entries(messages)) {
    const given = inEnglish.get(id);
    if (given === undefined) continue;
    if (canBeSaid(language, id, text, given)) usable[id] = text;
    else unusable.push(id);
  }
  return {
    file: { tag, name, messages: usable },
    unusable,
    messages: Object.keys(usable).length,
    of: inEnglish.size,
  };
}

/** Whether a message can be read, wants nothing but what the English one is given, and leaves no value of it out. */
function canBeSaid(
  language: Language,
  id: string,
  text: string,
  given: ReadonlyMap<string, MessageArgument>,
): boolean {
  try {
    const used = messageArguments(text);
    const wanted = [...used].every(([name, { isNumber, choices }]) => {
      const offered = given.get(name);
      if (offered === undefined || (isNumber && !offered.isNumber)) return false;
      return choices === null || choices.every((choice) => offered.choices?.includes(choice));
    });
    const kept = [...given].every(
      ([name, { isPrinted }]) => !isPrinted || used.get(name)?.isPrinted === true,
    );
    return wanted && kept && isReadable(id, said(language, id, given));
  } catch {
    return false;
  }
}

/** The message once, about something. @throws what building or saying it throws */
function said(language: Language, id: string, given: ReadonlyMap<string, MessageArgument>): string {
  const values = [...given].map(
    ([name, { isNumber, choices }]) => [name, isNumber ? 2 : (choices?.[0] ?? 'x')] as const,
  );
  return language.say({ id, values: Object.fromEntries(values) });
}

function isReadable(id: string, words: string): boolean {
  if (id !== notice) return true;
  return words.length <= mostNoticeCharacters && (words.match(/\p{L}/gu) ?? []).length >= leastNoticeLetters;
}

/** As Intl writes it; null of what is no tag or of a language that Intl does not know. */
function canonicalTag(tag: string): string | null {
  try {
    const [canonical] = Intl.getCanonicalLocales(tag);
    if (canonical === undefined) return null;
    return Intl.NumberFormat.supportedLocalesOf(canonical).length > 0 ? canonical : null;
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
