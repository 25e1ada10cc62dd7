import { SystolaError } from '../../core/error.ts';

interface Waiting {
  begin(): void;
  giveUp(error: SystolaError): void;
}

/**
 * Work of which only the latest is wanted, such as previews of what is being typed: one after the other, the latest that
 * was asked for first, and of those that wait no more than a few. Who waits longest gives way.
 */
export class NewestFirst {
  readonly #mostWaiting: number;
  readonly #waiting: Waiting[] = [];
  #busy = false;

  constructor(mostWaiting: number) {
    this.#mostWaiting = mostWaiting;
  }

  /**
   * @param signal of whoever asks: who has gone needs no answer
   * @throws SystolaError `cancelled` where later ones came in its place; the signal's reason; whatever `work` throws
   */
  async run<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    if (this.#busy) await this.#turn();
    this.#busy = true;
    try {
      signal.throwIfAborted();
      return await work();
    } finally {
      this.#busy = false;
      const next = this.#waiting.pop();
      if (next !== undefined) {
        // Nobody comes between.
        this.#busy = true;
        next.begin();
      }
    }
  }

  #turn(): Promise<void> {
    return new Promise((begin, giveUp) => {
      this.#waiting.push({ begin, giveUp });
      if (this.#waiting.length <= this.#mostWaiting) return;
      const words = 'It was asked for again, with other words, before it was made.';
      this.#waiting.shift()?.giveUp(new SystolaError('cancelled', words));
    });
  }
}
