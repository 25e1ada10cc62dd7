/* Writes core/language/message-values.ts; run it after changing core/language/en.json. */
import { readFileSync, writeFileSync } from 'node:fs';
import { messageValuesSource } from './message-values-source.ts';

const at = (name: string) => new URL(`../../core/language/${name}`, import.meta.url);
const { messages } = JSON.parse(readFileSync(at('en.json'), 'utf8')) as { messages: Record<string, string> };
writeFileSync(at('message-values.ts'), await messageValuesSource(messages));
