import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { LanguageInfo } from '../../core/api/language.ts';
import { SystolaError } from '../../core/error.ts';
import { inEnglish } from '../../core/language/english.ts';
import { Language, type LanguageFile } from '../../core/language/language.ts';
import { message, type Message } from '../../core/language/message.ts';
import { checkLanguage, type CheckedLanguage } from './check-language.ts';

const mostBytes = 2 * 1024 * 1024;
const mostFiles = 100;

interface ShelvedFile {
  readonly fileName: string;
  readonly checked: CheckedLanguage | null;
  readonly problem: Message | null;
}

/**
 * The languages that there are: English, which the program brings along, and a file for each other one in the folder
 * `languages` of the library (docs/how-to/add-a-language.md). Files are read when they are asked for, so that whoever
 * writes one sees it at once.
 */
export class LanguageShelf {
  readonly #folder: string;
  readonly #chosen: () => string;
  #spoken: { readonly tag: string; readonly language: Language } | null = null;

  /** @param chosen tag of the language in the settings */
  constructor(libraryPath: string, chosen: () => string) {
    this.#folder = join(libraryPath, 'languages');
    this.#chosen = chosen;
  }

  /** English first, then the files by their names, with what is wrong with one. */
  list(): LanguageInfo[] {
    const { tag, name } = inEnglish;
    return [{ tag, name, file: null, problem: null }, ...this.#files().map(languageInfo)];
  }

  /** @throws SystolaError `not-found` when no file that can be used is of this language */
  file(tag: string): LanguageFile {
    const found = this.#files().find(({ checked }) => checked?.file.tag === tag)?.checked;
    if (found) return found.file;
    throw new SystolaError(
      'not-found',
      `There is no language file of "${tag}" that can be used. Choose another language.`,
    );
  }

  /** The language of the settings; English where its file cannot be used any more. */
  get current(): Language {
    const tag = this.#chosen();
    if (tag === inEnglish.tag) return inEnglish;
    if (this.#spoken?.tag !== tag) this.#spoken = { tag, language: this.#read(tag) };
    return this.#spoken.language;
  }

  /** Before a language is chosen; it is read again. @throws SystolaError `not-found` when it cannot be spoken */
  use(tag: string): void {
    if (tag !== inEnglish.tag) this.file(tag);
    this.#spoken = null;
  }

  #read(tag: string): Language {
    try {
      return new Language(this.file(tag), inEnglish);
    } catch (error) {
      if (error instanceof SystolaError) return inEnglish;
      throw error;
    }
  }

  #files(): ShelvedFile[] {
    let names: string[];
    try {
      names = readdirSync(this.#folder);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw new SystolaError('unreadable', 'The languages of the library cannot be read.', this.#folder, {
        cause: error,
      });
    }
    const files = names
      .filter((name) => name.endsWith('.json'))
      .toSorted()
      .slice(0, mostFiles)
      .map((name) => this.#shelved(name));
    const tags = new Set([inEnglish.tag]);
    return files.map((file) => {
      const tag = file.checked?.file.tag;
      if (tag === undefined || !tags.has(tag)) return tag === undefined ? file : (tags.add(tag), file);
      return { ...file, checked: null, problem: message('languages.same-tag', { tag }) };
    });
  }

  #shelved(fileName: string): ShelvedFile {
    try {
      const checked = checkLanguage(this.#json(fileName), fileName);
      const { unreadable } = checked;
      const ids = unreadable.slice(0, 3).join(', ') + (unreadable.length > 3 ? ' …' : '');
      const { length: count } = unreadable;
      const problem = count === 0 ? null : message('languages.unusable', { count, ids });
      return { fileName, checked, problem };
    } catch (error) {
      if (!(error instanceof SystolaError)) throw error;
      return { fileName, checked: null, problem: message('languages.file', { problem: error.message }) };
    }
  }

  #json(fileName: string): unknown {
    const path = join(this.#folder, fileName);
    try {
      if (statSync(path).size > mostBytes) throw new Error(`it is larger than ${mostBytes} bytes`);
      return JSON.parse(readFileSync(path, 'utf8'));
    } catch (error) {
      throw new SystolaError(
        'unreadable',
        `The file cannot be read: ${(error as Error).message}.`,
        fileName,
        { cause: error },
      );
    }
  }
}

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
