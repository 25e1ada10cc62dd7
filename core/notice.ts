import { inEnglish } from './language/english.ts';

/**
 * Shown on every screen and printed on every export: in files for machines and on the command line in English, else as the
 * message `notice.research-use` in the reader's language.
 */
export const researchUseNotice = inEnglish.say('notice.research-use');
