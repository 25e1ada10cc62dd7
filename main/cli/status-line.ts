/** Between two rewritings of the line, ms. */
const rewriteIntervalMs = 100;

/** What a command is doing, in one line that is written over on a terminal; elsewhere only what is worth keeping. */
export class StatusLine {
  readonly #output: NodeJS.WriteStream;
  #lastMs = 0;
  #open = false;

  constructor(output: NodeJS.WriteStream) {
    this.#output = output;
  }

  update(text: string): void {
    const now = performance.now();
    if (!this.#output.isTTY || now - this.#lastMs < rewriteIntervalMs) return;
    this.#lastMs = now;
    this.#output.write(`\r\x1b[2K${text.slice(0, Math.max(20, this.#output.columns - 1))}`);
    this.#open = true;
  }

  /** A line of its own. */
  note(text: string): void {
    this.#output.write(`${this.#open ? '\r\x1b[2K' : ''}${text}\n`);
    this.#open = false;
  }
}
