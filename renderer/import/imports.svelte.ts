import type { ImportState } from '../../core/api/requests.ts';
import { api } from '../api/client.ts';
import { library } from '../state/library.svelte.ts';
import { report } from '../state/messages.svelte.ts';
import { workspace } from '../state/workspace.svelte.ts';
import type { NamedFile } from './dropped-files.ts';
import { mergeImport } from './merge-import.ts';

/** The import under way or last done, and how many bytes of it still travel to the application. */
class Imports {
  current = $state.raw<ImportState | null>(null);
  /** Files uploaded so far of how many; null when the application reads them by path. */
  upload = $state.raw<{ readonly done: number; readonly total: number } | null>(null);
  /** Files are being collected from dropped folders. */
  listing = $state(false);
  #cancelled = false;
  #settledId: string | null = null;

  readonly running = $derived(this.listing || this.upload !== null || this.current?.state === 'running');

  receive(news: ImportState): void {
    const current = this.current;
    if (current && current.importId !== news.importId && current.state === 'running') return;
    const state = mergeImport(current, news);
    if (state === null) {
      void api.importState(news.importId).then(
        (whole) => this.receive(whole),
        () => undefined,
      );
      return;
    }
    // An answer can be overtaken by the event stream; a finished import never runs again.
    if (current?.importId === state.importId && current.state !== 'running' && state.state === 'running')
      return;
    this.current = state;
    if (state.state !== 'running' && this.#settledId !== state.importId) {
      this.#settledId = state.importId;
      void this.#settle(state);
    }
  }

  async #settle(state: ImportState): Promise<void> {
    await library.reload();
    const study = state.studies[0];
    if (state.state !== 'finished' || study === undefined) return;
    if (workspace.study && state.studies.includes(workspace.study.uid)) {
      if (state.accepted > 0) await workspace.open(workspace.study.uid);
    } else await workspace.open(study);
  }

  dismiss(): void {
    if (!this.running) this.current = null;
  }

  async fromPaths(paths: readonly string[]): Promise<void> {
    if (paths.length === 0 || this.#refuseSecond()) return;
    try {
      this.receive(await api.startImport(paths));
    } catch (error) {
      report('error', `Nothing was imported: ${(error as Error).message}`);
    }
  }

  async fromFiles(collect: Promise<readonly NamedFile[]> | readonly NamedFile[]): Promise<void> {
    if (this.#refuseSecond()) return;
    this.#cancelled = false;
    this.listing = true;
    let importId: string | null = null;
    try {
      const files = await collect;
      this.listing = false;
      if (files.length === 0 || this.#cancelled) return;
      this.upload = { done: 0, total: files.length };
      const started = await api.startImport([]);
      importId = started.importId;
      this.receive(started);
      for (const [index, { name, file }] of files.entries()) {
        if (this.#cancelled) return;
        await this.#uploadOne(importId, name, file);
        this.upload = { done: index + 1, total: files.length };
      }
      this.upload = null;
      this.receive(await api.finishImport(importId));
    } catch (error) {
      if (!this.#cancelled) report('error', `The import stopped: ${(error as Error).message}`);
      if (importId !== null)
        await api.cancelImport(importId).then(
          (state) => this.receive(state),
          () => undefined,
        );
    } finally {
      this.listing = false;
      this.upload = null;
    }
  }

  /** One file that cannot be read or is refused at the door does not stop the others. */
  async #uploadOne(importId: string, name: string, file: File): Promise<void> {
    try {
      await api.uploadFile(importId, name, file);
    } catch (error) {
      if ((error as { code?: string }).code === 'unreachable') throw error;
      report('warning', `${name}: ${(error as Error).message}`);
    }
  }

  #refuseSecond(): boolean {
    if (!this.running) return false;
    report('information', 'An import is running. Add the rest when it has ended, or cancel it.');
    return true;
  }

  async cancel(): Promise<void> {
    this.#cancelled = true;
    if (!this.current || this.current.state !== 'running') return;
    try {
      this.receive(await api.cancelImport(this.current.importId));
    } catch (error) {
      report('warning', (error as Error).message);
    }
  }
}

export const imports = new Imports();
