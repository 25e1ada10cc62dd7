import { eventSchema, type SystolaEvent } from '../../core/api/events.ts';
import { api } from './client.ts';

/** Nothing for this long means that the stream is dead even if the connection is not. */
const silenceLimitMs = 45_000;
const firstRetryMs = 250;
const longestRetryMs = 5_000;

export interface EventStreamHandlers {
  onEvent(event: SystolaEvent): void;
  /** False while the stream is broken and being opened again. */
  onConnected(connected: boolean): void;
  /** A line that is not an event of ours, or fails its schema. */
  onUnreadable(line: string): void;
}

async function* linesOf(body: ReadableStream<Uint8Array>, touch: () => void): AsyncGenerator<string> {
  const reader = body
    .pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>)
    .getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    touch();
    const lines = (rest + value).split('\n');
    rest = lines.pop() ?? '';
    yield* lines.filter((line) => line.trim() !== '');
  }
}

async function readOnce(handlers: EventStreamHandlers, signal: AbortSignal): Promise<void> {
  const abort = new AbortController();
  const stop = () => abort.abort();
  signal.addEventListener('abort', stop);
  let silence = setTimeout(stop, silenceLimitMs);
  const touch = () => {
    clearTimeout(silence);
    silence = setTimeout(stop, silenceLimitMs);
  };
  try {
    const response = await api.events(abort.signal);
    if (!response.ok || !response.body) throw new Error(`The event stream answered ${response.status}.`);
    handlers.onConnected(true);
    for await (const line of linesOf(response.body, touch)) {
      let value: unknown = null;
      try {
        value = JSON.parse(line);
      } catch {
        handlers.onUnreadable(line);
        continue;
      }
      const event = eventSchema.safeParse(value);
      if (event.success) handlers.onEvent(event.data as SystolaEvent);
      else handlers.onUnreadable(line);
    }
  } finally {
    clearTimeout(silence);
    signal.removeEventListener('abort', stop);
  }
}

/**
 * Follows the window's one event stream until the signal aborts; reconnects with a growing pause. The caller
 * reloads what it shows when the connection comes back, since events in between are lost.
 */
export async function followEvents(handlers: EventStreamHandlers, signal: AbortSignal): Promise<void> {
  let pauseMs = firstRetryMs;
  while (!signal.aborted) {
    const openedAt = performance.now();
    try {
      await readOnce(handlers, signal);
    } catch {
      // Reported by onConnected below; the next turn tries again.
    }
    if (signal.aborted) return;
    handlers.onConnected(false);
    if (performance.now() - openedAt > longestRetryMs) pauseMs = firstRetryMs;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    pauseMs = Math.min(longestRetryMs, pauseMs * 2);
  }
}
