import type { ExportRequest, ExportState } from '../../core/api/exports.ts';
import { SystolaError } from '../../core/error.ts';
import { settleAll } from '../concurrency/settle-all.ts';
import { ExportJob, type ExportDownload, type ExportJobServices } from './export-job.ts';

/** Shortest time between two reports of one export, ms. */
const reportIntervalMs = 100;
/** Ended exports whose result can still be asked for. */
const keptExports = 20;

export interface ExportJobsOptions extends ExportJobServices {
  onState(state: ExportState): void;
  /** A defect, not an expected failure; the export has ended as failed. */
  onDefect(error: unknown): void;
}

/** Exports of windows, one at a time, and their progress. */
export class ExportJobs {
  readonly #options: ExportJobsOptions;
  readonly #jobs = new Map<string, ExportJob>();
  readonly #running = new Set<Promise<void>>();
  #closed = false;

  constructor(options: ExportJobsOptions) {
    this.#options = options;
  }

  /**
   * Starts an export.
   *
   * @throws SystolaError `bad-request` where another one runs, no folder was chosen, or a format is not for the
   *   identity; `not-found` for a format that there is not
   */
  start(request: ExportRequest): ExportState {
    if ([...this.#jobs.values()].some((job) => !job.ended)) {
      throw new SystolaError(
        'bad-request',
        'Another export is being written. Wait until it is done, or cancel it.',
      );
    }
    const { exportFolder } = this.#options.library.settings();
    const folder = request.destination === 'folder' ? exportFolder : null;
    if (request.destination === 'folder' && folder === null) {
      throw new SystolaError('bad-request', 'Choose the folder to export to first.');
    }
    const studies = [...new Set(request.studies)];
    const job = new ExportJob(this.#options, { ...request, studies }, folder, () => report());
    const report = this.#reporter(job);
    for (const earlier of this.#jobs.values()) void earlier.forget().catch(this.#options.onDefect);
    this.#jobs.set(job.state.exportId, job);
    this.#forgetOldest();
    const running = job
      .run()
      .catch((error: unknown) => this.#options.onDefect(error))
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
    return job.state;
  }

  state(exportId: string): ExportState {
    return this.#find(exportId).state;
  }

  answer(exportId: string, replace: boolean): ExportState {
    const job = this.#find(exportId);
    job.answer(replace);
    return job.state;
  }

  cancel(exportId: string): ExportState {
    const job = this.#find(exportId);
    job.cancel();
    return job.state;
  }

  /** @throws SystolaError `not-found` where nothing waits to be fetched */
  download(exportId: string): Promise<ExportDownload> {
    return this.#find(exportId).download();
  }

  /** The first file of a finished export to a folder, for a file manager to show; null where there is none. */
  shown(exportId: string): string | null {
    return this.#jobs.get(exportId)?.shown ?? null;
  }

  /** States of the exports that run or wait for an answer now. */
  running(): ExportState[] {
    return [...this.#jobs.values()].filter((job) => !job.ended).map((job) => job.state);
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const job of this.#jobs.values()) job.cancel();
    await Promise.all(this.#running);
    await settleAll([...this.#jobs.values()].map((job) => job.forget()));
  }

  #find(exportId: string): ExportJob {
    const found = this.#jobs.get(exportId);
    if (found === undefined) throw new SystolaError('not-found', 'There is no such export.', exportId);
    return found;
  }

  /** Reports at most every {@link reportIntervalMs}, and at once what somebody has to know. */
  #reporter(job: ExportJob): () => void {
    let timer: NodeJS.Timeout | null = null;
    const send = (): void => {
      timer = null;
      if (!this.#closed) this.#options.onState(job.state);
    };
    return () => {
      if (job.state.state === 'running') {
        timer ??= setTimeout(send, reportIntervalMs);
        return;
      }
      if (timer !== null) clearTimeout(timer);
      send();
    };
  }

  #forgetOldest(): void {
    for (const [exportId, job] of this.#jobs) {
      if (this.#jobs.size <= keptExports) return;
      if (job.ended) this.#jobs.delete(exportId);
    }
  }
}
