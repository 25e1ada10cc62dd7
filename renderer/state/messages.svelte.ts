export type MessageKind = 'information' | 'warning' | 'error';

export interface Message {
  readonly id: number;
  readonly kind: MessageKind;
  readonly text: string;
  readonly action: { readonly label: string; run(): void } | null;
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

export function report(kind: MessageKind, text: string, action: Message['action'] = null): number {
  const same = messages.list.find((message) => message.text === text);
  if (same) return same.id;
  const id = nextId;
  nextId += 1;
  messages.list = withinRoom([...messages.list, { id, kind, text, action }]);
  if (kind === 'information') setTimeout(() => messages.dismiss(id), 6000);
  return id;
}
