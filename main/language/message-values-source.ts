import { parse, TYPE, type MessageFormatElement } from '@formatjs/icu-messageformat-parser';
import prettier from 'prettier';

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
        throw new Error(`Messages have arguments, numbers, plurals and selections, not "${element.value}".`);
    }
  }
  return found;
}

/** Of several uses of one argument the narrowest: a number is also printed as it is. */
function narrowest(types: ReadonlySet<string>): string {
  const strict = [...types].filter((type) => type !== 'MessageValue');
  return strict.length === 0
    ? 'MessageValue'
    : strict.map((type) => (strict.length > 1 ? `(${type})` : type)).join(' & ');
}

/** Names and types of what a message wants to be given, by name. */
export function messageArguments(text: string): ReadonlyMap<string, string> {
  const found = collect(parse(text, { ignoreTag: true }), new Map());
  return new Map(
    [...found]
      .map(([name, types]) => [name, narrowest(types)] as const)
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** The types of all messages as the file core/language/message-values.ts. */
export async function messageValuesSource(messages: Readonly<Record<string, string>>): Promise<string> {
  const lines = Object.entries(messages).map(([id, text]) => {
    const values = [...messageArguments(text)].map(([name, type]) => `readonly ${name}: ${type}`);
    return `${JSON.stringify(id)}: ${values.length === 0 ? 'null' : `{ ${values.join('; ')} }`};`;
  });
  const source = `/* Written from en.json by main/language/write-message-values.ts. */
import type { MessageValue } from './message-value.ts';

/** What each message wants to be given; null where it is complete as it stands. */
export interface MessageValues {
${lines.join('\n')}
}
`;
  const options = (await prettier.resolveConfig(import.meta.filename)) ?? {};
  return prettier.format(source, { ...options, plugins: [], parser: 'typescript' });
}
