import { SystolaError } from '../../../../core/error.ts';

/** How long after a key press, a click or a menu entry the page may open a dialog, ms: it may be busy meanwhile. */
const gestureLastsMs = 10_000;

/**
 * Lets the page open a system dialog only when a person has just done something, once for each time, and one dialog
 * at a time: a page gone wrong cannot fill the screen with them.
 */
export class DialogGate {
  #gestureAtMs = Number.NEGATIVE_INFINITY;
  #open = false;

  /** A person pressed a key or a button. @param atMs time of a clock that does not go back */
  gesture(atMs: number): void {
    this.#gestureAtMs = atMs;
  }

  /**
   * Shows a dialog and waits for its end.
   * @throws SystolaError `bad-request` where one is open or nobody asked for one
   */
  async pass<Answer>(atMs: number, show: () => Promise<Answer>): Promise<Answer> {
    if (this.#open) throw new SystolaError('bad-request', 'Another dialog is open; answer that one first.');
    if (atMs - this.#gestureAtMs > gestureLastsMs) {
      throw new SystolaError('bad-request', 'A dialog opens only after a key press or a click.');
    }
    this.#gestureAtMs = Number.NEGATIVE_INFINITY;
    this.#open = true;
    try {
      return await show();
    } finally {
      this.#open = false;
    }
  }
}
