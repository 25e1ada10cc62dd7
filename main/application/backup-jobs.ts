import type { BackupKind, BackupState } from '../../core/api/care.ts';
import { SystolaError } from '../../core/error.ts';
import { checkBackup } from '../backup/check-backup.ts';
import { stageRestore } from '../backup/stage-restore.ts';
import { statesOf, writeBackup, type BackupProgress } from '../backup/write-backup.ts';
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

type Going = Parameters<typeof checkBackup>[1];

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

  /**
   * Writes a backup into its folder, or checks or lays ready one of its states: the newest, where the folder of all of them
   * is named. What is laid ready the library takes over at its next start. How it goes is told by the state.
   *
   * @throws SystolaError `bad-request` while another one is under way
   */
  start(kind: BackupKind, folder: string): BackupState {
    if (this.#state.state === 'running') {
      throw new SystolaError('bad-request', 'A backup is being written or read. Wait, or cancel it.');
    }
    const abort = new AbortController();
    this.#abort = abort;
    this.#update({ ...idle, kind, folder, state: 'running' });
    this.#running = this.#run(
      (going) => (kind === 'backup' ? this.#backUp(folder, going) : this.#read(kind, folder, going)),
      abort.signal,
    );
    return this.#state;
  }

  cancel(): BackupState {
    this.#abort?.abort();
    return this.#state;
  }

  async close(): Promise<void> {
    this.#abort?.abort();
    await this.#running;
  }

  async #backUp(folder: string, going: Going): Promise<BackupState['result']> {
    const { library } = this.#options;
    const { state, record, copied, leftOut } = await writeBackup(
      library,
      folder,
      installation.version,
      going,
    );
    const faults = leftOut.map(({ name, reason }) => `${name}: ${reason}`);
    return { folder: state, files: record.files.length, copied, faults, missing: [] };
  }

  async #read(kind: 'check' | 'restore', folder: string, going: Going): Promise<BackupState['result']> {
    const [state = folder] = await statesOf(folder);
    if (kind === 'restore') {
      const { files, missing } = await stageRestore(this.#options.library.path, state, going);
      return { folder: state, files: files.length, copied: 0, faults: [], missing: [...missing] };
    }
    const { record, faults } = await checkBackup(state, going);
    return {
      folder: state,
      files: record.files.length,
      copied: 0,
      faults: faults.map(({ path }) => path),
      missing: [...record.missing],
    };
  }

  async #run(task: (going: Going) => Promise<BackupState['result']>, signal: AbortSignal): Promise<void> {
    let reportedAt = 0;
    const onProgress = (progress: BackupProgress): void => {
      this.#state = { ...this.#state, ...progress };
      if (performance.now() - reportedAt < reportIntervalMs) return;
      reportedAt = performance.now();
      this.#options.onState(this.#state);
    };
    try {
      const result = await task({ signal, onProgress });
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
