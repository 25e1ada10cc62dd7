import type { AppendResponse } from '../../core/api/requests.ts';
import type { Change } from '../../core/review/review.ts';
import type { Words } from '../words/language.svelte.ts';
import { RequestError } from '../api/client.ts';

/** A gesture's changes that the library has not confirmed yet. */
export interface PendingEdit {
  readonly label: string;
  readonly changes: readonly Change[];
  /** A press of an arrow key, which may be one step with the one before it. */
  readonly nudge?: true;
}

export interface SaveQueueHandlers {
  send(edit: PendingEdit): Promise<AppendResponse>;
  onSaved(edit: PendingEdit, response: AppendResponse): void;
  /** The study has moved on elsewhere; returns the edits that still hold on its new state. */
  onConflict(edits: readonly PendingEdit[]): Promise<readonly PendingEdit[]>;
  /** The edit can never be saved as it is. */
  onRefused(edit: PendingEdit, reason: Words): void;
  /** Told when the application stops answering, and when it answers again: nothing waits any more that could not be sent. */
  onStuck(stuck: boolean): void;
}

const firstPauseMs = 300;
const longestPauseMs = 15_000;

/** True when the same request will be refused again. Who has to show a new address (401, 403) is let in later. */
const isFinal = ({ status }: RequestError) =>
  status >= 400 && status < 500 && status !== 401 && status !== 403;

/** Sends edits one after another in order, at once; holds them while the application does not answer. */
export class SaveQueue {
  #edits: readonly PendingEdit[] = [];
  #sending: Promise<void> | null = null;
  #handlers: SaveQueueHandlers;
  /** Ends the pause before the next try; null while none is taken. */
  #wake: (() => void) | null = null;

  constructor(handlers: SaveQueueHandlers) {
    this.#handlers = handlers;
  }

  add(edit: PendingEdit): void {
    this.#edits = [...this.#edits, edit];
    this.#sending ??= this.#drain();
  }

  /** The application answers again: the next try is made at once. */
  hurry(): void {
    this.#wake?.();
  }

  get empty(): boolean {
    return this.#edits.length === 0;
  }

  /** Resolves when everything that was added has been saved or refused. */
  async settled(): Promise<void> {
    while (this.#sending) await this.#sending;
  }

  async #drain(): Promise<void> {
    let pauseMs = firstPauseMs;
    let conflicts = 0;
    let stuck = false;
    const tell = (now: boolean): void => {
      if (now !== stuck) this.#handlers.onStuck(now);
      stuck = now;
    };
    try {
      for (let edit = this.#edits[0]; edit; edit = this.#edits[0]) {
        try {
          const response = await this.#handlers.send(edit);
          this.#edits = this.#edits.slice(1);
          this.#handlers.onSaved(edit, response);
          tell(false);
          pauseMs = firstPauseMs;
          conflicts = 0;
        } catch (error) {
          if (error instanceof RequestError && error.status === 409 && conflicts < 3) {
            conflicts += 1;
            this.#edits = await this.#handlers.onConflict(this.#edits).catch(() => this.#edits);
          } else if (error instanceof RequestError && isFinal(error)) {
            this.#edits = this.#edits.slice(1);
            this.#handlers.onRefused(edit, error.words);
          } else {
            tell(true);
            await this.#pause(pauseMs);
            pauseMs = Math.min(longestPauseMs, pauseMs * 2);
          }
        }
      }
      // However the last one ended: saved, refused, or found to be in the library already.
      tell(false);
    } finally {
      // In the same moment as the list was found empty: what is added from now on is sent by another call.
      this.#sending = null;
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#wake?.(), ms);
      this.#wake = () => {
        clearTimeout(timer);
        this.#wake = null;
        resolve();
      };
    });
  }
}
