import { inWords, type Words } from '../words/language.svelte.ts';

export type MessageKind = 'information' | 'warning' | 'error';

export interface Message {
  readonly id: number;
  readonly kind: MessageKind;
  readonly text: Words;
  readonly action: { readonly label: Words; run(): void } | null;
}

let nextId = 1;

/** Messages in the line at the foot of the window; warnings and errors stay until they are put away. */
class Messages {
  list = $state.raw<readonly Message[]>([]);

  dismiss(id: number): void {
    this.list = this.list.filter((message) => message.id !== id);
  }
}

export const messages = new Messages();

/** More is read by nobody; what only informs makes room first. */
const mostMessages = 50;

function withinRoom(list: readonly Message[]): readonly Message[] {
  if (list.length <= mostMessages) return list;
  const gone = list.find(({ kind }) => kind === 'information') ?? list[0];
  return list.filter((message) => message !== gone);
}

/** @param text a message of the catalogue, which follows the language for as long as it is shown */
export function report(kind: MessageKind, text: Words, action: Message['action'] = null): number {
  const words = inWords(text);
  const same = messages.list.find((message) => inWords(message.text) === words);
  if (same) return same.id;
  const id = nextId;
  nextId += 1;
  messages.list = withinRoom([...messages.list, { id, kind, text, action }]);
  if (kind === 'information') setTimeout(() => messages.dismiss(id), 6000);
  return id;
}
