import { createHash } from 'node:crypto';
import { maxFrames } from './limits.ts';

/*
 * What a file may put into facts. Facts are posted between threads, checked, stored, and sent to every window, so
 * each value has a ceiling that holds before anything leaves the worker. All are above what PS3.5 section 6.2 allows
 * and what scanners write all the same.
 */

/** Text value representations of PS3.5 section 6.2 that are read. */
export type TextVr = 'CS' | 'SH' | 'UI' | 'DA' | 'TM' | 'DT' | 'LO' | 'PN' | 'ST' | 'LT';

/** Characters of one attribute's text; of a person name, of each of its three groups. */
const characters: Readonly<Record<TextVr, number>> = {
  CS: 256,
  SH: 64,
  UI: 256,
  DA: 64,
  TM: 64,
  DT: 64,
  LO: 256,
  PN: 256,
  ST: 1024,
  LT: 1024,
};

export const maxNameGroupCharacters = characters.PN;
/** Any text in facts, whatever attribute it comes from. */
export const maxTextCharacters = 1024;
/** Values of one numeric attribute: a value a frame, and one more so that a list too long is seen to be. */
export const maxNumbers = maxFrames + 1;
/** R waves of one clip; as many as there may be beats. */
export const maxRWaves = 2000;
/** Values of a list that are no numbers. */
export const maxListEntries = 256;

/** Ends a text that went on in the file. */
const cutMark = '…';

export function charactersOf(vr: TextVr): number {
  return vr === 'PN' ? characters.PN * 3 + 2 : characters[vr];
}

/**
 * Bytes that are decoded for a text: enough for its characters in any character set, escape sequences included
 * (PS3.5 section 6.1.2.5), and no more, whatever the attribute's length is.
 */
export function bytesOf(vr: TextVr): number {
  return charactersOf(vr) * 8 + 64;
}

/** A text of at most `most` characters; one that was longer ends in {@link cutMark}. Never ends in half a character. */
export function cut(text: string, most: number): string {
  return text.length <= most ? text : marked(text, most);
}

/** The beginning of a text that goes on, with {@link cutMark} at its end; at most `most` characters. */
export function marked(text: string, most: number): string {
  let end = Math.min(text.length, most - cutMark.length);
  const last = text.charCodeAt(end - 1);
  if (last >= 0xd800 && last <= 0xdbff) end -= 1;
  return text.slice(0, end) + cutMark;
}

/** {@link marked} for what patients and studies are told apart by: values that differ anywhere stay different. */
export function markedIdentity(text: string, value: Uint8Array, most: number): string {
  const digest = createHash('sha256').update(value).digest('hex').slice(0, 16);
  return marked(text, most - digest.length) + digest;
}

/** A file name in the middle of which characters are left out, because its ending is what it is known by. */
export function cutFileName(name: string, most = 256): string {
  if (name.length <= most) return name;
  const half = Math.floor((most - cutMark.length) / 2);
  return name.slice(0, half).toWellFormed() + cutMark + name.slice(name.length - half).toWellFormed();
}

/**
 * A copy of facts with no text, list or nesting beyond the ceilings, whichever field holds it: the last gate before
 * facts leave the worker, for fields that forget to have a ceiling of their own.
 */
export function withinCeilings<T>(facts: T): T {
  return bounded(facts, 0) as T;
}

const deepest = 12;

function bounded(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return cut(value, maxTextCharacters);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= deepest) return null;
  if (Array.isArray(value)) {
    const numeric = value.every((entry) => typeof entry === 'number' || entry === null);
    const most = numeric ? maxNumbers : maxListEntries;
    const kept = value.length <= most ? value : value.slice(0, most);
    return numeric ? kept : kept.map((entry) => bounded(entry, depth + 1));
  }
  const entries = Object.entries(value).slice(0, maxListEntries);
  return Object.fromEntries(entries.map(([key, entry]) => [key, bounded(entry, depth + 1)]));
}
