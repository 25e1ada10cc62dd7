import { IntlMessageFormat, type Formats, type Formatters } from 'intl-messageformat';
import { message as messageOf, type MessageId, type ValuesOf } from './message.ts';
import type { Message, MessageValue } from './message-value.ts';

/**
 * A language as a file holds it: messages in ICU MessageFormat by their id. What one of another language lacks is said in
 * English.
 */
export interface LanguageFile {
  /** BCP 47; numbers, dates, lists and plurals follow it. */
  readonly tag: string;
  /** Of the language in itself, as it is chosen from a list. */
  readonly name: string;
  readonly messages: Readonly<Record<string, string>>;
}

/** Of digits never set apart in thousands, and never "-0". */
const fixed = (digits: number) =>
  ({
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    useGrouping: false,
    signDisplay: 'negative',
  }) as const;
/** As it was entered or is in a file: with three decimals at most. */
const plain = { maximumFractionDigits: 3, useGrouping: false, signDisplay: 'negative' } as const;

/** Formats that messages name: `{value, number, d1}` has one decimal. */
const messageFormats: Formats = {
  number: { d0: fixed(0), d1: fixed(1), d2: fixed(2), d3: fixed(3), plain },
  date: {},
  time: {},
};

/** Names of the formats that a message may use; there are no others, so that no language shows another value. */
export const numberStyles: readonly string[] = Object.keys(messageFormats.number);

/** Puts messages, numbers and dates into the words of one language. The same words for the same message, always. */
export class Language {
  readonly tag: string;
  readonly name: string;
  /** With the digits and the calendar that numbers and dates of a study have everywhere: 0–9, Gregorian. */
  readonly #locale: string;
  readonly #messages: Readonly<Record<string, string>>;
  readonly #fallback: Language | null;
  readonly #formats = new Map<string, IntlMessageFormat | null>();
  readonly #numbers = new Map<string, Intl.NumberFormat>();
  readonly #dates = new Map<string, Intl.DateTimeFormat>();
  readonly #plurals = new Map<string, Intl.PluralRules>();
  readonly #lists: Intl.ListFormat;

  constructor(file: LanguageFile, fallback: Language | null = null) {
    this.tag = file.tag;
    this.name = file.name;
    this.#locale = new Intl.Locale(file.tag, { numberingSystem: 'latn', calendar: 'gregory' }).toString();
    this.#messages = file.messages;
    this.#fallback = fallback;
    this.#lists = new Intl.ListFormat(file.tag, { type: 'conjunction' });
  }

  /** A message in words; of an id that no catalogue has the id, which then is seen and reported. */
  say(message: Message): string;
  say<Id extends MessageId>(id: Id, ...values: ValuesOf<Id>): string;
  say<Id extends MessageId>(asked: Message | Id, ...values: ValuesOf<Id>): string {
    return this.#put(typeof asked === 'string' ? messageOf(asked, ...values) : asked);
  }

  /** A number with so many decimals; never "-0". */
  decimals(value: number, digits: number): string {
    return this.#number(fixed(digits)).format(value);
  }

  /** A number as it was entered or is in a file, with three decimals at most. */
  plain(value: number): string {
    return this.#number(plain).format(value);
  }

  /** "A, B and C". */
  list(items: readonly (string | Message)[]): string {
    return this.#lists.format(items.map((item) => (typeof item === 'string' ? item : this.#put(item))));
  }

  /** A moment or day. @param options with timeZone "UTC" for what must not depend on where it is written */
  date(at: Date, options: Intl.DateTimeFormatOptions): string {
    const key = JSON.stringify(options);
    let format = this.#dates.get(key);
    if (format === undefined) {
      format = new Intl.DateTimeFormat(this.#locale, options);
      this.#dates.set(key, format);
    }
    return format.format(at);
  }

  #put({ id, values }: Message): string {
    const format = this.#format(id);
    if (format === null) return this.#fallback === null ? id : this.#fallback.say({ id, values });
    const words = Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, this.#value(value)]),
    );
    try {
      return format.format(words) as string;
    } catch (error) {
      // A message of a file must never cost a picture or a report.
      if (this.#fallback === null) throw error;
      return this.#fallback.say({ id, values });
    }
  }

  #value(value: MessageValue): string | number {
    if (typeof value === 'string') return value;
    // "-0" is nobody's number.
    if (typeof value === 'number') return value === 0 ? 0 : value;
    return 'id' in value ? this.#put(value) : this.list(value);
  }

  #format(id: string): IntlMessageFormat | null {
    const known = this.#formats.get(id);
    if (known !== undefined) return known;
    const text = Object.hasOwn(this.#messages, id) ? this.#messages[id] : undefined;
    if (text === undefined) return null;
    const format = this.#read(text);
    this.#formats.set(id, format);
    return format;
  }

  #read(text: string): IntlMessageFormat | null {
    try {
      return new IntlMessageFormat(text, this.#locale, messageFormats, {
        ignoreTag: true,
        formatters: this.#formatters,
      });
    } catch (error) {
      if (this.#fallback === null) throw error;
      return null;
    }
  }

  readonly #formatters: Formatters = {
    getNumberFormat: (_locales, options) => this.#number(options ?? {}),
    getDateTimeFormat: (...asked) => new Intl.DateTimeFormat(...asked),
    getPluralRules: (_locales, options) => {
      const key = options?.type ?? 'cardinal';
      let rules = this.#plurals.get(key);
      if (rules === undefined) {
        rules = new Intl.PluralRules(this.#locale, options);
        this.#plurals.set(key, rules);
      }
      return rules;
    },
  };

  /**
   * Rounds as `toFixed` does, by the value that is there: what is compared with what was signed is what is printed. `Intl`
   * alone rounds the shortest text of a number, 1.005 to 1.01.
   */
  #number(options: Parameters<Formatters['getNumberFormat']>[1] & object): Intl.NumberFormat {
    const key = JSON.stringify(options);
    let format = this.#numbers.get(key);
    if (format === undefined) {
      const inner = new Intl.NumberFormat(this.#locale, options as Intl.NumberFormatOptions);
      const digits = inner.resolvedOptions().maximumFractionDigits ?? 0;
      format = Object.create(inner, {
        format: {
          value: (value: number) =>
            inner.format(Number.isFinite(value) ? Number(value.toFixed(digits)) : value),
        },
      }) as Intl.NumberFormat;
      this.#numbers.set(key, format);
    }
    return format;
  }
}
