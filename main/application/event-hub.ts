import type { SystolaEvent } from '../../core/api/events.ts';

/** Events are built from core types, whose arrays are read-only, and are only ever written out. */
type Immutable<T> = T extends object ? { readonly [K in keyof T]: Immutable<T[K]> } : T;
export type OutgoingEvent = Immutable<SystolaEvent>;

/** A window that reads slower than this many bytes behind is cut off; it reconnects and asks for the state. */
const mostBytesBehind = 32 * 1024 * 1024;
const heartbeatMs = 15_000;

/** Sends every event to every window, each over one newline-delimited stream. */
export class EventHub {
  readonly #windows = new Set<(event: OutgoingEvent) => void>();
  readonly #stops = new Set<() => void>();
  readonly #greeting: () => OutgoingEvent[];
  #closed = false;

  /** `greeting` is what a window that has just connected is told first. */
  constructor(greeting: () => OutgoingEvent[]) {
    this.#greeting = greeting;
  }

  get windows(): number {
    return this.#windows.size;
  }

  send(event: OutgoingEvent): void {
    for (const window of [...this.#windows]) window(event);
  }

  /** A new window's stream; it ends when the window goes, falls too far behind, or the hub closes. */
  connect(signal?: AbortSignal): ReadableStream<Uint8Array> {
    const encoder = new TextEncoder();
    let stop = (): void => undefined;
    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          const write = (event: OutgoingEvent): void => {
            const line = encoder.encode(`${JSON.stringify(event)}\n`);
            // desiredSize is the high-water mark less what waits to be read.
            if ((controller.desiredSize ?? 0) < -mostBytesBehind) return stop();
            controller.enqueue(line);
          };
          const heartbeat = setInterval(() => write({ type: 'heartbeat' }), heartbeatMs);
          heartbeat.unref();
          let open = true;
          stop = () => {
            if (!open) return;
            open = false;
            clearInterval(heartbeat);
            this.#windows.delete(write);
            this.#stops.delete(stop);
            signal?.removeEventListener('abort', stop);
            try {
              controller.close();
            } catch {
              // The window cancelled the stream itself.
            }
          };
          for (const event of this.#greeting()) write(event);
          if (this.#closed || signal?.aborted === true) return stop();
          this.#windows.add(write);
          this.#stops.add(stop);
          signal?.addEventListener('abort', stop, { once: true });
        },
        cancel: () => stop(),
      },
      new ByteLengthQueuingStrategy({ highWaterMark: 64 * 1024 }),
    );
  }

  close(): void {
    this.#closed = true;
    for (const stop of [...this.#stops]) stop();
  }
}
