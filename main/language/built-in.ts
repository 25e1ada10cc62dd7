import german from '../../core/language/de.json' with { type: 'json' };
import type { LanguageFile } from '../../core/language/language.ts';

/** What comes along beside English. The unit test holds each to every message of it, so that nothing is checked here. */
export const builtInLanguages: readonly LanguageFile[] = [german];
