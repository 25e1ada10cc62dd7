import { eventSchema, type SystolaEvent } from '../../core/api/events.ts';
import { message } from '../../core/language/message.ts';
import { api, RequestError } from './client.ts';
import { linesOf } from './lines.ts';

/** Nothing for this long means that the stream is dead even if the connection is not. */
const silenceLimitMs = 45_000;
const firstRetryMs = 250;
const longestRetryMs = 5_000;

/** `lost`: just now, and tried again at once; `stopped`: nobody answers; `not-let-in`: a later start, with a new address. */
export type Connection = 'open' | 'lost' | 'stopped' | 'not-let-in';

export interface EventStreamHandlers {
  onEvent(event: SystolaEvent): void;
  /** How the stream is: open, lost a moment ago, or why it cannot be opened again. */
  onConnection(connection: Connection): void;
  /** A line that is not an event of ours, or fails its schema. */
  onUnreadable(line: string): void;
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
    if (!response.ok || !response.body) {
      throw new RequestError(
        'internal',
        response.status,
        message('app.event-stream-failed', { status: response.status }),
      );
    }
    handlers.onConnection('open');
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

let wake: (() => void) | null = null;

/** Connects at once where the next try is waited for. */
export function tryAgainNow(): void {
  wake?.();
}

/** Waits for so long, or until {@link tryAgainNow}. */
function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => wake?.(), ms);
    wake = () => {
      clearTimeout(timer);
      wake = null;
      resolve();
    };
  });
}

/**
 * Follows the window's one event stream until the signal aborts; reconnects with a growing pause. The caller
 * reloads what it shows when the connection comes back, since events in between are lost.
 */
export async function followEvents(handlers: EventStreamHandlers, signal: AbortSignal): Promise<void> {
  let pauseMs = firstRetryMs;
  while (!signal.aborted) {
    const openedAt = performance.now();
    let reason: unknown = null;
    try {
      await readOnce(handlers, signal);
    } catch (error) {
      reason = error;
    }
    if (signal.aborted) return;
    if (performance.now() - openedAt > longestRetryMs) pauseMs = firstRetryMs;
    // One broken connection is no stopped Systola: that is said when the next one cannot be opened either.
    const refused = reason instanceof RequestError && (reason.status === 401 || reason.status === 403);
    handlers.onConnection(refused ? 'not-let-in' : pauseMs === firstRetryMs ? 'lost' : 'stopped');
    await pause(pauseMs);
    pauseMs = Math.min(longestRetryMs, pauseMs * 2);
  }
}
