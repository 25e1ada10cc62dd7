import type { PersonName } from '../clip/clip.ts';
import { isPlaceholder } from './placeholders.ts';

/**
 * How two names go together. `same`: nothing speaks against one person (the same words, a double name, an initial,
 * another order). `family-differs`: the same given name with another family name, as after a marriage. `conflict`: other
 * people's names. `unknown`: nothing to compare, for one is missing or they are written in different scripts.
 */
export type NameComparison = 'same' | 'family-differs' | 'conflict' | 'unknown';

/**
 * Compares the groups of two names (PS3.5 6.2.1: alphabetic, ideographic, phonetic) that are written in the same script,
 * whichever group they stand in. One that contradicts outweighs those that agree.
 */
export function compareNames(a: PersonName, b: PersonName): NameComparison {
  const others = groupsOf(b);
  const found = groupsOf(a).flatMap((one) =>
    others.filter(({ script }) => script === one.script).map((other) => compareGroups(one, other)),
  );
  const gravest = (['conflict', 'family-differs', 'same'] as const).find((one) => found.includes(one));
  return gravest ?? 'unknown';
}

/** Whether anything in it names a person. */
export const isNamed = (name: PersonName): boolean => groupsOf(name).length > 0;

/** What names a person, in one line that is the same for names that are written alike but for case and spaces. */
export const foldedName = (name: PersonName): string =>
  groupsOf(name)
    .map(({ script, family, given }) => `${script}:${family.join(' ')}^${given.join(' ')}`)
    .toSorted()
    .join('=');

interface NameGroup {
  readonly script: string;
  readonly family: readonly string[];
  readonly given: readonly string[];
}

const scripts = [
  ['han', /\p{Script=Han}/u],
  ['kana', /[\p{Script=Hiragana}\p{Script=Katakana}]/u],
  ['hangul', /\p{Script=Hangul}/u],
  ['cyrillic', /\p{Script=Cyrillic}/u],
  ['greek', /\p{Script=Greek}/u],
  ['arabic', /\p{Script=Arabic}/u],
  ['hebrew', /\p{Script=Hebrew}/u],
  ['thai', /\p{Script=Thai}/u],
  ['devanagari', /\p{Script=Devanagari}/u],
  ['latin', /\p{Script=Latin}/u],
] as const;

function groupsOf(name: PersonName): NameGroup[] {
  return [name.alphabetic, name.ideographic, name.phonetic].flatMap((group) => {
    const [family = [], given = [], middle = []] = folded(group).split('^').map(wordsOf);
    const all = [...family, ...given, ...middle];
    if (all.length === 0 || all.every((word) => isPlaceholder(word) || /^\p{N}+$/u.test(word))) return [];
    const text = all.join('');
    const script = scripts.find(([, letters]) => letters.test(text))?.[0] ?? 'other';
    return [{ script, family, given: [...given, ...middle] }];
  });
}

const wordsOf = (component: string): string[] =>
  component.split(/[\s\-‐–=.,]+/u).filter((word) => word !== '');

/** Vowel points of Hebrew and Arabic are written or left out; in other scripts a mark is a letter's part. */
const optionalMarks = /[\u0300-\u036f\u0591-\u05c7\u064b-\u0652\u0670]/gu;
const latin: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'oe',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
};

/** Without case, accents, width and apostrophes; Katakana as Hiragana. */
function folded(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[ßæœøłđðþ]/gu, (letter) => latin[letter] ?? letter)
    .normalize('NFD')
    .replace(optionalMarks, '')
    .normalize('NFC')
    .replace(/['’‘`´ʼ]/gu, '')
    .replace(/[ァ-ヶ]/gu, (letter) => String.fromCodePoint((letter.codePointAt(0) ?? 0x60) - 0x60));
}

function compareGroups(a: NameGroup, b: NameGroup): NameComparison {
  if (sameWords([...a.family, ...a.given], [...b.family, ...b.given])) return 'same';
  const sameGiven = isPartOf(a.given, b.given);
  if (isPartOf(a.family, b.family) && a.family.length > 0 && b.family.length > 0)
    return sameGiven ? 'same' : 'conflict';
  return sameGiven && a.given.length > 0 && b.given.length > 0 ? 'family-differs' : 'conflict';
}

/** In whatever order, and in however many words: what is one name in one system is given and family name in another. */
function sameWords(a: readonly string[], b: readonly string[]): boolean {
  const text = (words: readonly string[]) => words.map(simplified).toSorted().join(' ');
  return text(a) === text(b) || a.map(simplified).join('') === b.map(simplified).join('');
}

/** Whether every word of the shorter is one of the longer, or the initial of one; none is part of all. */
function isPartOf(a: readonly string[], b: readonly string[]): boolean {
  const [shorter, longer] = a.length <= b.length ? [a, b] : [b, a];
  return shorter.every((word) => longer.some((other) => sameWord(word, other)));
}

function sameWord(a: string, b: string): boolean {
  if (simplified(a) === simplified(b)) return true;
  const [shorter, longer] = a.length <= b.length ? [a, b] : [b, a];
  return shorter.length === 1 && /\p{Script=Latin}|\p{Script=Cyrillic}|\p{Script=Greek}/u.test(shorter)
    ? longer.startsWith(shorter)
    : false;
}

/** "Mueller" beside "Müller", whose marks are gone. */
const simplified = (word: string): string => word.replace(/([aou])e/gu, '$1');
