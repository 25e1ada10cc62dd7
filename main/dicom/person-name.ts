import type { PersonName } from '../../core/clip/clip.ts';
import { cut, maxNameGroupCharacters } from './ceilings.ts';

/** A decoded PN value in its three groups (PS3.5 section 6.2), each with trailing delimiters and padding removed. */
export function personName(value: string): PersonName {
  const [alphabetic = '', ideographic = '', phonetic = ''] = value.split('=', 3).map(trimGroup);
  return { alphabetic, ideographic, phonetic };
}

function trimGroup(group: string): string {
  const trimmed = group
    .split('^')
    .map((component) => component.trim())
    .join('^')
    .replace(/\^+$/, '');
  return cut(trimmed, maxNameGroupCharacters);
}
