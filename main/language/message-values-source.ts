import prettier from 'prettier';
import { messageArguments, type MessageArgument } from './message-arguments.ts';

function typeOf({ isNumber, choices }: MessageArgument): string {
  if (choices === null) return isNumber ? 'number' : 'MessageValue';
  return [...choices, 'other'].map((choice) => JSON.stringify(choice)).join(' | ');
}

/** The types of all messages as the file core/language/message-values.ts. */
export async function messageValuesSource(messages: Readonly<Record<string, string>>): Promise<string> {
  const lines = Object.entries(messages).map(([id, text]) => {
    const values = [...messageArguments(text)].map(([name, use]) => `readonly ${name}: ${typeOf(use)}`);
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
