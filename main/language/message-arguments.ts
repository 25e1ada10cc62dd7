import { parse, TYPE, type MessageFormatElement } from '@formatjs/icu-messageformat-parser';
import { numberStyles } from '../../core/language/language.ts';

/** How a message uses what it is given. */
export interface MessageArgument {
  /** Whether it wants a number: it formats one, or chooses a plural by it. */
  readonly isNumber: boolean;
  /** Words that it chooses between, "other" left out; null where it makes no such choice. */
  readonly choices: readonly string[] | null;
  /** Whether it can be read in the message, in one of its branches at least. */
  readonly isPrinted: boolean;
}

type Uses = Map<string, { isNumber: boolean; choices: Set<string> | null; isPrinted: boolean }>;

function collect(elements: readonly MessageFormatElement[], uses: Uses, counted: string | null): Uses {
  for (const element of elements) {
    if (element.type === TYPE.literal) continue;
    const name = element.type === TYPE.pound ? counted! : element.value;
    const use = uses.get(name) ?? { isNumber: false, choices: null, isPrinted: false };
    uses.set(name, use);
    switch (element.type) {
      case TYPE.argument:
      case TYPE.pound:
        use.isPrinted = true;
        break;
      case TYPE.number:
        if (typeof element.style !== 'string' || !numberStyles.includes(element.style))
          throw new Error(`Numbers are written as ${numberStyles.join(', ')}; "${name}" is not.`);
        use.isNumber = use.isPrinted = true;
        break;
      case TYPE.plural:
        use.isNumber = true;
        for (const { value } of Object.values(element.options)) collect(value, uses, name);
        break;
      case TYPE.select:
        use.choices ??= new Set();
        for (const [key, { value }] of Object.entries(element.options)) {
          if (key !== 'other') use.choices.add(key);
          collect(value, uses, counted);
        }
        break;
      default:
        throw new Error(`Messages have arguments, numbers, plurals and selections, not "${name}".`);
    }
  }
  return uses;
}

/**
 * What a message wants to be given, by name.
 *
 * @param text in ICU MessageFormat @throws Error with what is wrong with the text
 */
export function messageArguments(text: string): ReadonlyMap<string, MessageArgument> {
  const uses = collect(parse(text, { ignoreTag: true }), new Map(), null);
  return new Map(
    [...uses]
      .map(([name, use]) => [name, { ...use, choices: use.choices && [...use.choices].toSorted() }] as const)
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
}
