import { mappingOf, type MappingRequest } from '../../core/api/mapping.ts';
import type { ReceiverState, SendRequest, SendState } from '../../core/api/network.ts';
import { message } from '../../core/language/message.ts';
import { api, reasonOf } from '../api/client.ts';
import { dialogs } from '../dialogs/dialogs.svelte.ts';
import { report } from '../state/messages.svelte.ts';
import { say, type Words } from '../words/language.svelte.ts';

/** The sending under way or last done, and what the receiver does. */
class Sends {
  current = $state.raw<SendState | null>(null);
  /** Why the last one did not begin. */
  problem = $state.raw<Words | null>(null);
  starting = $state(false);
  receiver = $state.raw<ReceiverState | null>(null);
  /** Whose pseudonyms can be told of what this window sent without its patient; null of everything else. */
  mapping = $state.raw<MappingRequest | null>(null);
  /** Begun in this window: what came of it is told here. */
  #own: string | null = null;
  readonly running = $derived(this.starting || (this.current !== null && !hasEnded(this.current)));

  async start(request: SendRequest): Promise<void> {
    if (this.running) return;
    this.starting = true;
    this.problem = null;
    try {
      const state = await api.startSend(request);
      this.#own = state.sendId;
      this.mapping = mappingOf(request);
      this.receive(state);
    } catch (error) {
      this.problem = message('network.send.not-started', { reason: reasonOf(error) });
    } finally {
      this.starting = false;
    }
  }

  receive(news: SendState): void {
    const { current } = this;
    const isSame = current?.sendId === news.sendId;
    // An answer can be overtaken by the event stream; one that has ended never runs again.
    if (isSame && hasEnded(current)) return;
    if (!isSame && news.sendId !== this.#own && (this.running || hasEnded(news))) return;
    this.current = news;
    // In the line at the foot of the window, where the dialog was closed meanwhile.
    if (!hasEnded(news) || dialogs.open === 'export') return;
    const isWhole = news.state === 'finished' && notThere(news) === 0;
    report(isWhole ? 'information' : 'warning', sendOutcome(news));
    if (notThere(news) > 0) {
      report('warning', message('network.send.not-there', { count: notThere(news), node: news.node }));
    }
  }

  async stop(): Promise<void> {
    if (this.current === null) return;
    try {
      this.receive(await api.stopSend(this.current.sendId));
    } catch (error) {
      report('error', reasonOf(error));
    }
  }

  /** Its end may have come while the window heard nothing: without it the sending would run on screen for ever. */
  async catchUp(): Promise<void> {
    if (this.current === null || hasEnded(this.current)) return;
    try {
      this.receive(await api.sendState(this.current.sendId));
    } catch (error) {
      if ((error as { code?: string }).code !== 'not-found') return;
      this.receive({ ...this.current, state: 'failed', message: say('network.send.ended') });
    }
  }

  /** What came of the last is put away. */
  putAway(): void {
    if (this.running) return;
    this.current = null;
    this.mapping = null;
    this.problem = null;
  }
}

export const hasEnded = ({ state }: SendState): boolean => state !== 'preparing' && state !== 'sending';

/** Whether the node has anything of it, as far as is known. */
export const mayHave = ({ counts }: SendState): boolean =>
  counts.stored + counts.warning + counts['already-there'] + counts.unknown > 0;

/** Objects that the node does not have, or that nobody knows about. */
export const notThere = ({ counts }: SendState): number =>
  counts.refused + counts.failed + counts.unknown + counts['not-sent'];

/** What came of one that has ended, in a sentence. */
export function sendOutcome({ state, node, counts, message: reason }: SendState): Words {
  const stored = counts.stored + counts.warning + counts['already-there'];
  const rest = counts['not-sent'];
  if (state === 'cancelled') return message('network.send.cancelled', { stored, rest });
  if (reason !== null) return message('network.send.failed', { node, reason });
  return message('network.send.done', { stored, node });
}

export const sends = new Sends();
