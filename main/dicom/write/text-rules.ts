import { isoDate } from '../date-time.ts';
import type { TextVr } from './attribute.ts';

interface TextRule {
  /** Characters of one value; of a person's name, of each of its groups. */
  readonly most: number;
  /** Whether the data set's character set applies; others are ASCII. */
  readonly anyScript: boolean;
  /** Whether a backslash is a character like others, so that there is one value only. */
  readonly oneValue: boolean;
  /** What is wrong with the form of a value; null where nothing is. */
  wrong(value: string): string | null;
}

const anything = (): null => null;
const shaped = (pattern: RegExp, form: string) => (value: string) =>
  pattern.test(value) ? null : `"${value}" is not ${form}`;

const plain = (most: number, anyScript: boolean, wrong: TextRule['wrong']): TextRule => ({
  most,
  anyScript,
  oneValue: false,
  wrong,
});
const free = (most: number): TextRule => ({ most, anyScript: true, oneValue: true, wrong: anything });

const timeForm = shaped(/^([01]\d|2[0-3])([0-5]\d(([0-5]\d|60)(\.\d{1,6})?)?)?$/, 'a time (HHMMSS.FFFFFF)');
const dateTimeForm = shaped(
  /^\d{4}((0[1-9]|1[0-2])((0[1-9]|[12]\d|3[01])(([01]\d|2[0-3])([0-5]\d(([0-5]\d|60)(\.\d{1,6})?)?)?)?)?)?([+-]\d{4})?$/,
  'a date with time (YYYYMMDDHHMMSS.FFFFFF&ZZXX)',
);

const dateForm = (value: string): string | null =>
  /^\d{8}$/.test(value) && isoDate(value) !== null ? null : `"${value}" is no date (YYYYMMDD)`;

/** Forms and lengths of PS3.5 table 6.2-1. */
export const textRules: Readonly<Record<TextVr, TextRule>> = {
  AS: plain(4, false, shaped(/^\d{3}[DWMY]$/, 'an age (000Y)')),
  CS: plain(16, false, shaped(/^[A-Z0-9_ ]+$/, 'of capitals, digits, spaces and underscores')),
  DA: plain(8, false, dateForm),
  DT: plain(26, false, (value) => {
    const form = dateTimeForm(value);
    return form ?? (/^\d{8}/.test(value) ? dateForm(value.slice(0, 8)) : null);
  }),
  LO: plain(64, true, anything),
  LT: free(10_240),
  PN: plain(64, true, (name) => {
    const groups = name.split('=');
    if (groups.length > 3) return `a person's name has at most 3 groups, not ${groups.length}`;
    const parts = Math.max(...groups.map((group) => group.split('^').length));
    return parts > 5 ? `a group of a person's name has at most 5 parts, not ${parts}` : null;
  }),
  SH: plain(16, true, anything),
  ST: free(1024),
  TM: plain(13, false, timeForm),
  UI: plain(64, false, shaped(/^(0|[1-9]\d*)(\.(0|[1-9]\d*))+$/, 'a UID')),
  UT: free(0xffff_fffe),
};
