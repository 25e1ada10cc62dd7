import type { PersonName } from '../clip/clip.ts';

/**
 * One group of a person name (PS3.5 6.2.1.1: family, given, middle, prefix, suffix, separated by ^) as people write it:
 * "Doe, Dr Jane Q, Jr". Ideographic and phonetic groups put a space between family and given name.
 */
export function readableName(group: string, kind: keyof PersonName = 'alphabetic'): string {
  const [family = '', given = '', middle = '', prefix = '', suffix = ''] = group
    .split('^')
    .map((part) => part.trim());
  const joined = (parts: readonly string[], by: string) => parts.filter((part) => part !== '').join(by);
  const first = joined([prefix, given, middle], ' ');
  return joined([joined([family, first], kind === 'alphabetic' ? ', ' : ' '), suffix], ', ');
}

/** The groups of a name that hold something, each as people write it, the Latin one first. */
export const nameGroups = (name: PersonName): string[] =>
  (['alphabetic', 'ideographic', 'phonetic'] as const)
    .map((kind) => readableName(name[kind], kind))
    .filter((group) => group !== '');

/** All groups of a name in one line; empty where the file gives none. */
export const personNameText = (name: PersonName): string => nameGroups(name).join(' · ');
