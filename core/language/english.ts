import english from './en.json' with { type: 'json' };
import { Language } from './language.ts';

/** What the program speaks by itself: files for machines, the command line, and what other languages lack. */
export const inEnglish = new Language(english);
