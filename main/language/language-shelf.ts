import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { LanguageInfo } from '../../core/api/language.ts';
import { SystolaError } from '../../core/error.ts';
import { inEnglish } from '../../core/language/english.ts';
import { Language, type LanguageFile } from '../../core/language/language.ts';
import { message, type Message } from '../../core/language/message.ts';
import { withSmallFile } from '../files/small-file.ts';
import { builtInLanguages } from './built-in.ts';
import { checkLanguage, type CheckedLanguage } from './check-language.ts';

const mostBytes = 2 * 1024 * 1024;
const mostFiles = 100;

interface ShelvedFile {
  readonly fileName: string;
  readonly checked: CheckedLanguage | null;
  readonly problem: Message | null;
}

/** What was made of a file, for as long as the file is the same. */
interface ReadFile {
  readonly mark: string;
  readonly shelved: ShelvedFile;
}

/**
 * The languages that there are: English and what else the program brings along, and files in the folder `languages` of
 * the library (docs/how-to/add-a-language.md), of which one goes before a language of its tag that is brought along.
 * Files are looked at whenever they are asked for, so that whoever writes one sees it at once.
 */
export class LanguageShelf {
  readonly #folder: string;
  readonly #chosen: () => string;
  #read: ReadonlyMap<string, ReadFile> = new Map();
  readonly #spoken = new Map<string, { readonly file: LanguageFile; readonly language: Language }>();

  /** @param chosen tag of the language in the settings */
  constructor(libraryPath: string, chosen: () => string) {
    this.#folder = join(libraryPath, 'languages');
    this.#chosen = chosen;
  }

  /** English first, then what else is brought along, then the files by their names, with what is wrong with one. */
  list(): LanguageInfo[] {
    const files = this.#files().map(languageInfo);
    const builtIn = builtInLanguages.filter(({ tag }) => !files.some((file) => file.tag === tag));
    return [
      ...[inEnglish, ...builtIn].map(({ tag, name }) => ({ tag, name, file: null, problem: null })),
      ...files,
    ];
  }

  /** @throws SystolaError `not-found` when nothing that can be used is of this language */
  file(tag: string): LanguageFile {
    const found = this.#files().find(({ checked }) => checked?.file.tag === tag)?.checked;
    if (found) return found.file;
    const builtIn = builtInLanguages.find((language) => language.tag === tag);
    if (builtIn) return builtIn;
    throw new SystolaError(
      'not-found',
      `There is no language file of "${tag}" that can be used. Choose another language.`,
    );
  }

  /** The language of the settings as its file is now; English where that cannot be used any more. */
  get current(): Language {
    return this.spoken(this.#chosen());
  }

  /** A language as its file is now; English where that cannot be used any more. */
  spoken(tag: string): Language {
    if (tag === inEnglish.tag) return inEnglish;
    try {
      const file = this.file(tag);
      let spoken = this.#spoken.get(tag);
      if (spoken?.file !== file) {
        spoken = { file, language: new Language(file, inEnglish) };
        this.#spoken.set(tag, spoken);
      }
      return spoken.language;
    } catch (error) {
      if (error instanceof SystolaError) return inEnglish;
      throw error;
    }
  }

  /** Before a language is chosen. @throws SystolaError `not-found` when it cannot be spoken */
  checkChoice(tag: string): void {
    if (tag !== inEnglish.tag) this.file(tag);
  }

  #files(): ShelvedFile[] {
    const read = this.#names().map((name) => [name, this.#shelved(name)] as const);
    this.#read = new Map(read);
    const tags = new Set<string>();
    return read.map(([, { shelved }]) => {
      const tag = shelved.checked?.file.tag;
      if (tag === undefined) return shelved;
      if (tag === inEnglish.tag) return { ...shelved, checked: null, problem: message('languages.built-in') };
      if (tags.has(tag))
        return { ...shelved, checked: null, problem: message('languages.same-tag', { tag }) };
      tags.add(tag);
      return shelved;
    });
  }

  #names(): string[] {
    try {
      return readdirSync(this.#folder)
        .filter((name) => name.toLowerCase().endsWith('.json'))
        .toSorted()
        .slice(0, mostFiles);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw new SystolaError('unreadable', 'The languages of the library cannot be read.', this.#folder, {
        cause: error,
      });
    }
  }

  #shelved(fileName: string): ReadFile {
    try {
      return withSmallFile(join(this.#folder, fileName), mostBytes, ({ mark, read }) => {
        const known = this.#read.get(fileName);
        return known?.mark === mark ? known : { mark, shelved: checkedFile(fileName, read()) };
      });
    } catch (error) {
      const problem = `The file cannot be read: ${(error as Error).message}.`;
      return { mark: '', shelved: unusableFile(fileName, problem) };
    }
  }
}

function checkedFile(fileName: string, bytes: Uint8Array): ShelvedFile {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const checked = checkLanguage(JSON.parse(text), fileName);
    const { length: count } = checked.unusable;
    const ids = checked.unusable.slice(0, 3).join(', ') + (count > 3 ? ' …' : '');
    return {
      fileName,
      checked,
      problem: count === 0 ? null : message('languages.unusable', { count, ids }),
    };
  } catch (error) {
    const problem =
      error instanceof SystolaError
        ? error.message
        : `The file is no JSON in UTF-8: ${(error as Error).message}.`;
    return unusableFile(fileName, problem);
  }
}

const unusableFile = (fileName: string, problem: string): ShelvedFile => ({
  fileName,
  checked: null,
  problem: message('languages.file', { problem }),
});

function languageInfo({ fileName, checked, problem }: ShelvedFile): LanguageInfo {
  if (checked === null) return { tag: null, name: fileName, file: fileName, problem };
  const { file, messages, of } = checked;
  const missing = of - messages;
  return {
    tag: file.tag,
    name: file.name,
    file: fileName,
    problem: problem ?? (missing === 0 ? null : message('languages.missing', { missing, of })),
  };
}
