import type { AppendResponse } from '../../core/api/requests.ts';
import type { Change } from '../../core/review/review.ts';
import { RequestError } from '../api/client.ts';

/** A gesture's changes that the library has not confirmed yet. */
export interface PendingEdit {
  readonly label: string;
  readonly changes: readonly Change[];
}

export interface SaveQueueHandlers {
  send(edit: PendingEdit): Promise<AppendResponse>;
  onSaved(edit: PendingEdit, response: AppendResponse): void;
  /** The study has moved on elsewhere; returns the edits that still hold on its new state. */
  onConflict(edits: readonly PendingEdit[]): Promise<readonly PendingEdit[]>;
  /** The edit can never be saved as it is. */
  onRefused(edit: PendingEdit, message: string): void;
  onStuck(stuck: boolean): void;
}

const firstPauseMs = 300;
const longestPauseMs = 5000;

/** Sends edits one after another in order, at once; holds them while the application does not answer. */
export class SaveQueue {
  #edits: readonly PendingEdit[] = [];
  #sending: Promise<void> | null = null;
  #handlers: SaveQueueHandlers;

  constructor(handlers: SaveQueueHandlers) {
    this.#handlers = handlers;
  }

  add(edit: PendingEdit): void {
    this.#edits = [...this.#edits, edit];
    this.#sending ??= this.#drain().finally(() => (this.#sending = null));
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
    for (let edit = this.#edits[0]; edit; edit = this.#edits[0]) {
      try {
        const response = await this.#handlers.send(edit);
        this.#edits = this.#edits.slice(1);
        this.#handlers.onSaved(edit, response);
        this.#handlers.onStuck(false);
        pauseMs = firstPauseMs;
        conflicts = 0;
      } catch (error) {
        if (error instanceof RequestError && error.status === 409 && conflicts < 3) {
          conflicts += 1;
          this.#edits = await this.#handlers.onConflict(this.#edits).catch(() => this.#edits);
        } else if (error instanceof RequestError && error.status >= 400 && error.status < 500) {
          this.#edits = this.#edits.slice(1);
          this.#handlers.onRefused(edit, error.message);
        } else {
          this.#handlers.onStuck(true);
          await new Promise((resolve) => setTimeout(resolve, pauseMs));
          pauseMs = Math.min(longestPauseMs, pauseMs * 2);
        }
      }
    }
  }
}
