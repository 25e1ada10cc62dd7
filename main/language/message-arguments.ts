import { parse, TYPE, type MessageFormatElement } from '@formatjs/icu-messageformat-parser';

/** What an argument of a message takes, as TypeScript. */
type Arguments = Map<string, Set<string>>;

function collect(elements: readonly MessageFormatElement[], found: Arguments): Arguments {
  for (const element of elements) {
    if (element.type === TYPE.pound) continue;
    const name = element.value;
    const note = (type: string) => found.set(name, (found.get(name) ?? new Set()).add(type));
    switch (element.type) {
      case TYPE.argument:
        note('MessageValue');
        break;
      case TYPE.number:
        note('number');
        break;
      case TYPE.plural:
        note('number');
        for (const { value } of Object.values(element.options)) collect(value, found);
        break;
      case TYPE.select:
        note(
          Object.keys(element.options)
            .map((key) => JSON.stringify(key))
            .join(' | '),
        );
        for (const { value } of Object.values(element.options)) collect(value, found);
        break;
      case TYPE.literal:
        break;
      default:
        throw new Error(`Messages have arguments, numbers, plurals and selections, not "${name}".`);
    }
  }
  return found;
}

/** Of several uses of one argument the narrowest: a number is also printed as it is. */
function narrowest(types: ReadonlySet<string>): string {
  const strict = [...types].filter((type) => type !== 'MessageValue');
  if (strict.length === 0) return 'MessageValue';
  return strict.map((type) => (strict.length > 1 ? `(${type})` : type)).join(' & ');
}

/**
 * Names and types of what a message wants to be given, by name.
 *
 * @param text in ICU MessageFormat @throws Error with what is wrong with the text
 */
export function messageArguments(text: string): ReadonlyMap<string, string> {
  const found = collect(parse(text, { ignoreTag: true }), new Map());
  const typed = [...found].map(([name, types]) => [name, narrowest(types)] as const);
  return new Map(typed.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
