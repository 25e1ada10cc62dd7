import { inEnglish } from '../../core/language/english.ts';
import { Language } from '../../core/language/language.ts';
import { api } from '../api/client.ts';
import { session } from '../state/session.svelte.ts';
import { language } from '../words/language.svelte.ts';

/** The language that reports are written in, as far as it is another than that of the window. */
class ReportWords {
  #other = $state.raw<Language | null>(null);
  #asked: string | null = null;

  /** That of the window, until the file of another one is read. */
  get current(): Language {
    const tag = session.settings.reportLanguage;
    if (tag === null || tag === language.current.tag) return language.current;
    if (tag === inEnglish.tag) return inEnglish;
    if (this.#other?.tag === tag) return this.#other;
    void this.#read(tag);
    return language.current;
  }

  async #read(tag: string): Promise<void> {
    if (this.#asked === tag) return;
    this.#asked = tag;
    try {
      this.#other = new Language(await api.language(tag), inEnglish);
    } catch {
      // The report falls back to English where the file cannot be had, and the settings say why.
      this.#other = null;
    }
  }
}

export const reportWords = new ReportWords();
