import type { Message, MessageId } from '../../core/language/message.ts';
import { session } from '../state/session.svelte.ts';
import { say } from '../words/language.svelte.ts';
import { keyOf, type ActionId } from './actions.ts';

/** Keys that are shown as a sign, in every language. */
const signs: Readonly<Record<string, string>> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
};

/** Keys that languages name apart: "Ctrl" is "Strg" on a German keyboard. */
const named = {
  Alt: 'keys.name.Alt',
  Backspace: 'keys.name.Backspace',
  Ctrl: 'keys.name.Ctrl',
  Delete: 'keys.name.Delete',
  End: 'keys.name.End',
  Enter: 'keys.name.Enter',
  Escape: 'keys.name.Escape',
  Home: 'keys.name.Home',
  Insert: 'keys.name.Insert',
  PageDown: 'keys.name.PageDown',
  PageUp: 'keys.name.PageUp',
  Shift: 'keys.name.Shift',
  Space: 'keys.name.Space',
  Tab: 'keys.name.Tab',
} as const satisfies Readonly<Record<string, MessageId>>;

const partWords = (part: string): string =>
  part in named ? say(named[part as keyof typeof named]) : (signs[part] ?? part);

/** What is on the keys of a combination: "Ctrl", "Shift", "Z"; "←"; "Esc". */
export const keyParts = (name: string): string[] => name.split(/\+(?=.)/).map(partWords);

/** The same on one line: "Ctrl+Shift+Z". */
const keyText = (name: string): string => keyParts(name).join('+');

/** The key that an action has now. */
export const keyTextOf = (id: ActionId): string => keyText(keyOf(id, session.settings.layout));

/** The keys of a combination as a sentence holds them (words/Sentence.svelte). */
export const keysInSentence = (name: string): string =>
  keyParts(name)
    .map((part) => `\`${part}\``)
    .join('');

/** A tool tip that names the key: "Undo (Ctrl+Z)". */
export const tipWithKey = (words: Message, id: ActionId): string =>
  say('keys.tip', { words, key: keyTextOf(id) });
