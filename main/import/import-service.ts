import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { ImportState } from '../../core/api/events.ts';
import { SystolaError } from '../../core/error.ts';
import { settleAll } from '../concurrency/settle-all.ts';
import type { Library } from '../library/library.ts';
import { ImportSession, type ImportListeners, type InstanceReader } from './import-session.ts';
import { defaultImportLimits, type ImportLimits } from './limits.ts';

/** Shortest time between two reports of one import, ms. */
const reportIntervalMs = 150;
/** Ended imports whose result can still be asked for. */
const keptImports = 50;

export interface ImportServiceOptions {
  readonly library: Library;
  readonly readInstance: InstanceReader;
  readonly limits?: ImportLimits;
  onState(state: ImportState): void;
  /** Called once at the end of an import that changed the library. */
  onStudiesChanged(): void;
  /** A defect, not an expected failure; the import has ended as failed. */
  onDefect(error: unknown): void;
}

interface Tracked {
  readonly session: ImportSession;
  /** Resolves when the import has ended. */
  readonly ended: Promise<void>;
  finish(): void;
}

/** Imports that are running or have ended, and their progress. */
export class ImportService {
  readonly #options: ImportServiceOptions;
  readonly #imports = new Map<string, Tracked>();
  #closed = false;

  constructor(options: ImportServiceOptions) {
    this.#options = options;
  }

  /**
   * Starts taking everything under `paths`; with no paths, waits for {@link upload}.
   *
   * @throws SystolaError `library-damaged`
   */
  start(paths: readonly string[], listeners: ImportListeners = {}): ImportState {
    this.#options.library.refuseWhenDamaged();
    const importId = randomUUID();
    const report = this.#reporter(importId);
    const session = new ImportSession({
      importId,
      library: this.#options.library,
      readInstance: this.#options.readInstance,
      limits: this.#options.limits ?? defaultImportLimits,
      onChange: report,
      ...listeners,
    });
    const { promise: ended, resolve: finish } = Promise.withResolvers<void>();
    this.#imports.set(importId, { session, ended, finish });
    this.#forgetOldest();
    report();
    if (paths.length > 0)
      void session
        .takePaths(paths)
        .catch((error: unknown) => this.#options.onDefect(error))
        .finally(report);
    return session.state();
  }

  /**
   * Takes one uploaded file; resolves when it is whole in the library or refused. What is refused comes in the events:
   * thousands of answers, each with all that was refused before, would be the larger part of an import.
   */
  async upload(importId: string, name: string, body: Readable): Promise<ImportState> {
    const { session } = this.#find(importId);
    await session.takeUpload(name, body);
    return session.state(Infinity);
  }

  async finish(importId: string): Promise<ImportState> {
    const { session } = this.#find(importId);
    await session.finishUploads();
    return session.state();
  }

  async cancel(importId: string): Promise<ImportState> {
    const { session } = this.#find(importId);
    await session.cancel();
    return session.state();
  }

  state(importId: string): ImportState {
    return this.#find(importId).session.state();
  }

  /** States of the imports that are running now. */
  running(): ImportState[] {
    return [...this.#imports.values()]
      .filter(({ session }) => !session.ended)
      .map(({ session }) => session.state());
  }

  /** Resolves with the final state. */
  async ended(importId: string): Promise<ImportState> {
    const { session, ended } = this.#find(importId);
    await ended;
    return session.state();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await settleAll([...this.#imports.values()].map(({ session }) => session.cancel()));
  }

  #find(importId: string): Tracked {
    const found = this.#imports.get(importId);
    if (found === undefined) throw new SystolaError('not-found', 'There is no such import.', importId);
    return found;
  }

  /** Reports at most every {@link reportIntervalMs}, and always the last state. */
  #reporter(importId: string): () => void {
    let timer: NodeJS.Timeout | null = null;
    let lastMs = 0;
    let last = false;
    let told = 0;
    const send = (): void => {
      timer = null;
      const tracked = this.#imports.get(importId);
      if (tracked === undefined || last || this.#closed) return;
      lastMs = performance.now();
      last = tracked.session.ended;
      const whole = tracked.session.state(told);
      const state = last ? whole : { ...whole, studies: [] };
      told = state.rejectedFrom + state.rejected.length;
      this.#options.onState(state);
      if (!last) return;
      if (state.accepted > 0) this.#options.onStudiesChanged();
      tracked.finish();
    };
    return () => {
      if (this.#imports.get(importId)?.session.ended === true) {
        if (timer !== null) clearTimeout(timer);
        send();
      } else {
        timer ??= setTimeout(send, Math.max(0, lastMs + reportIntervalMs - performance.now()));
      }
    };
  }

  #forgetOldest(): void {
    for (const [importId, { session }] of this.#imports) {
      if (this.#imports.size <= keptImports) return;
      if (session.ended) this.#imports.delete(importId);
    }
  }
}
