import type { RunState } from '../../core/api/events.ts';

/** Where progress is told: a terminal, or something else that takes text. */
export interface LineOutput {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Between two lines where there is no terminal to rewrite one, ms. */
const lineIntervalMs = 5000;
const rewriteIntervalMs = 100;

/** Progress of an analysis on stderr: which clip, how fast, how long still. */
export class AnalysisProgress {
  readonly #output: LineOutput;
  readonly #framesTotal: number;
  readonly #clipsTotal: number;
  readonly #startedMs = performance.now();
  #framesBefore = 0;
  #clip = 0;
  #lastMs = 0;
  #open = false;

  constructor(output: LineOutput, clipsTotal: number, framesTotal: number) {
    this.#output = output;
    this.#clipsTotal = clipsTotal;
    this.#framesTotal = framesTotal;
  }

  /** The next clip begins. */
  begin(): void {
    this.#clip += 1;
  }

  update(file: string, run: RunState): void {
    const now = performance.now();
    if (now - this.#lastMs < (this.#output.isTTY === true ? rewriteIntervalMs : lineIntervalMs)) return;
    this.#lastMs = now;
    if (run.state === 'loading-model') return this.#write(`${this.#place} ${file}: loading the model`);
    const done = this.#framesBefore + run.framesDone;
    const msPerFrame = done === 0 ? null : (now - this.#startedMs) / done;
    const left =
      msPerFrame === null
        ? ''
        : `, ${(1000 / msPerFrame).toFixed(1)} frames/s, about ${duration((this.#framesTotal - done) * msPerFrame)} left`;
    this.#write(`${this.#place} ${file}: frame ${run.framesDone} of ${run.framesTotal}${left}`);
  }

  end(file: string, run: { framesDone: number; framesTotal: number; outcome: string }): void {
    this.#framesBefore += run.framesTotal;
    this.#write(`${this.#place} ${file}: ${run.outcome}`);
    this.#finishLine();
  }

  /** A line of its own. */
  note(text: string): void {
    this.#finishLine();
    this.#output.write(`${text}\n`);
  }

  get #place(): string {
    return `[${this.#clip}/${this.#clipsTotal}]`;
  }

  #write(text: string): void {
    if (this.#output.isTTY === true) {
      this.#output.write(`\r\x1b[2K${text.slice(0, Math.max(20, (this.#output.columns ?? 80) - 1))}`);
      this.#open = true;
    } else {
      this.#output.write(`${text}\n`);
    }
  }

  #finishLine(): void {
    if (this.#open) this.#output.write('\n');
    this.#open = false;
    this.#lastMs = 0;
  }
}

function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  return seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
