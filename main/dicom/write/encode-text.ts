import type { Attribute, TextVr } from './attribute.ts';
import { NotWritable } from './not-writable.ts';
import { textRules } from './text-rules.ts';

/** Control characters that free text may hold: line feed, form feed, carriage return (PS3.5 section 6.1.3). */
const allowedInFreeText = /[\n\f\r]/g;
const control = /\p{Cc}/u;
const loneSurrogate = /\p{Surrogate}/u;
const beyondAscii = /\P{ASCII}/u;

/**
 * Values of a text as they are written, without padding.
 *
 * @param utf8 whether the data set declares ISO_IR 192; without, texts are ASCII
 * @throws NotWritable
 */
export function encodeText(
  attribute: Attribute<TextVr>,
  values: readonly string[],
  utf8: boolean,
): Uint8Array {
  if (textRules[attribute.vr].oneValue && values.length > 1) {
    throw new NotWritable(attribute, 'it has one value at most');
  }
  for (const value of values) {
    const problem = problemOf(attribute.vr, value, utf8);
    if (problem !== null) throw new NotWritable(attribute, problem);
  }
  return new TextEncoder().encode(values.join('\\'));
}

function problemOf(vr: TextVr, value: string, utf8: boolean): string | null {
  const { most, anyScript, oneValue, wrong } = textRules[vr];
  if (value === '') return 'one of its values is empty';
  if (loneSurrogate.test(value)) return 'it has half a character';
  if (control.test(oneValue ? value.replaceAll(allowedInFreeText, '') : value)) {
    return 'it has control characters';
  }
  if (!oneValue && value.includes('\\')) return 'it has a backslash, which would part it into two values';
  if (!(anyScript && utf8) && beyondAscii.test(value)) {
    return anyScript
      ? 'it has characters outside of the declared character set'
      : `it has characters that ${vr} does not allow`;
  }
  const longest = Math.max(...(vr === 'PN' ? value.split('=') : [value]).map((part) => [...part].length));
  if (longest > most) return `it has ${longest} characters where ${vr} allows ${most}`;
  return wrong(value);
}
