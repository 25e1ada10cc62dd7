import type { BackupState } from '../../core/api/care.ts';
import { SystolaError } from '../../core/error.ts';
import { checkBackup } from '../backup/check-backup.ts';
import { stageRestore } from '../backup/stage-restore.ts';
import { writeBackup, type BackupProgress } from '../backup/write-backup.ts';
import type { Library } from '../library/library.ts';
import { installation } from './installation.ts';

/** Shortest time between two reports, ms. */
const reportIntervalMs = 100;

export interface BackupJobsOptions {
  readonly library: Library;
  onState(state: BackupState): void;
  onDefect(error: unknown): void;
}

const idle: BackupState = {
  kind: 'backup',
  state: 'idle',
  folder: '',
  done: 0,
  total: 0,
  bytesDone: 0,
  result: null,
  message: null,
};

type Task = (
  signal: AbortSignal,
  onProgress: (progress: BackupProgress) => void,
) => Promise<BackupState['result']>;

/** Writes backups, checks them and lays them ready to be restored, one of these at a time. */
export class BackupJobs {
  readonly #options: BackupJobsOptions;
  #state: BackupState = idle;
  #abort: AbortController | null = null;
  #running: Promise<void> = Promise.resolve();

  constructor(options: BackupJobsOptions) {
    this.#options = options;
  }

  get state(): BackupState {
    return this.#state;
  }

  /** Writes the library as it is now into a backup folder. @throws SystolaError `bad-request` while another runs */
  backUp(folder: string): BackupState {
    return this.#start('backup', folder, async (signal, onProgress) => {
      const { library } = this.#options;
      const { state, record, copied } = await writeBackup(library, folder, installation.version, {
        signal,
        onProgress,
      });
      return { folder: state, files: record.files.length, copied, faults: [...record.missing] };
    });
  }

  /** Compares every file of a state of a backup with its hash. @throws SystolaError `bad-request` */
  check(folder: string): BackupState {
    return this.#start('check', folder, async (signal, onProgress) => {
      const { record, faults } = await checkBackup(folder, { signal, onProgress });
      return { folder, files: record.files.length, copied: 0, faults: faults.map(({ path }) => path) };
    });
  }

  /** Lays a state ready; the library takes it over at the next start. @throws SystolaError `bad-request` */
  restore(folder: string): BackupState {
    return this.#start('restore', folder, async (signal, onProgress) => {
      const record = await stageRestore(this.#options.library.path, folder, { signal, onProgress });
      return { folder, files: record.files.length, copied: 0, faults: [] };
    });
  }

  cancel(): BackupState {
    this.#abort?.abort();
    return this.#state;
  }

  async close(): Promise<void> {
    this.#abort?.abort();
    await this.#running;
  }

  #start(kind: BackupState['kind'], folder: string, task: Task): BackupState {
    if (this.#state.state === 'running') {
      throw new SystolaError('bad-request', 'A backup is being written or read. Wait, or cancel it.');
    }
    const abort = new AbortController();
    this.#abort = abort;
    this.#update({ ...idle, kind, folder, state: 'running' });
    this.#running = this.#run(task, abort.signal);
    return this.#state;
  }

  async #run(task: Task, signal: AbortSignal): Promise<void> {
    let reportedAt = 0;
    const onProgress = (progress: BackupProgress): void => {
      this.#state = { ...this.#state, ...progress };
      if (performance.now() - reportedAt < reportIntervalMs) return;
      reportedAt = performance.now();
      this.#options.onState(this.#state);
    };
    try {
      const result = await task(signal, onProgress);
      this.#update({ ...this.#state, state: 'finished', result });
    } catch (error) {
      if (signal.aborted) return this.#update({ ...this.#state, state: 'cancelled' });
      if (!(error instanceof SystolaError)) this.#options.onDefect(error);
      const message =
        error instanceof SystolaError
          ? `${error.file === null ? '' : `${error.file}: `}${error.message}`
          : 'It stopped because of a defect in Systola.';
      this.#update({ ...this.#state, state: 'failed', message });
    }
  }

  #update(state: BackupState): void {
    this.#state = state;
    this.#options.onState(state);
  }
}
