import type { ImportState } from '../../core/api/requests.ts';
import { message } from '../../core/language/message.ts';
import { api, reasonOf } from '../api/client.ts';
import { library } from '../state/library.svelte.ts';
import { report } from '../state/messages.svelte.ts';
import { readerActions } from '../state/reader-actions.ts';
import { studyOpening } from '../state/study-opening.svelte.ts';
import { workspace } from '../state/workspace.svelte.ts';
import { picturesWindow } from '../state/pictures-window.svelte.ts';
import { say } from '../words/language.svelte.ts';
import type { NamedFile } from './dropped-files.ts';
import { mergeImport } from './merge-import.ts';

/** The import under way or last done, and how many bytes of it still travel to the application. */
class Imports {
  current = $state.raw<ImportState | null>(null);
  /** Files uploaded so far of how many; null when the application reads them by path. */
  upload = $state.raw<{ readonly done: number; readonly total: number } | null>(null);
  /** Files are being collected from dropped folders. */
  listing = $state(false);
  /** The list of refused files is open. */
  listShown = $state(false);
  /** Study that the import brought and that is not on screen as it is now in the library; null when there is none. */
  openable = $state<string | null>(null);
  #cancelled = false;
  /** What the reader had done when the import began; null when none was begun. */
  #actionsBefore: number | null = null;
  #settledId: string | null = null;
  /** Paths that came from outside the window while an import was running. */
  #later: string[] = [];
  #starting = false;

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
    if (current?.importId !== state.importId) this.#begin();
    this.current = state;
    if (state.state !== 'running' && this.#settledId !== state.importId) {
      this.#settledId = state.importId;
      void this.#settle(state);
      this.#takeLater();
    }
  }

  /** A new import: what the last one had to say is over. */
  #begin(): void {
    this.#actionsBefore ??= readerActions();
    this.openable = null;
    this.listShown = false;
  }

  /**
   * An import that has ended changes the list of studies and nothing else. Only a reader who has no study open and has
   * not touched anything since the import began is waiting for it, and gets its first study.
   */
  async #settle(state: ImportState): Promise<void> {
    const before = this.#actionsBefore;
    this.#actionsBefore = null;
    await library.reload();
    const untouched = before === readerActions();
    const study = state.studies[0];
    if (state.state !== 'finished' || study === undefined || state.accepted === 0) return;
    const isEmpty = workspace.study === null && studyOpening.uid === null && !picturesWindow.isElsewhere;
    if (isEmpty && untouched) await studyOpening.open(study);
    // The study on screen takes what came by itself.
    else if (workspace.study?.uid !== study) this.openable = study;
  }

  /** Its end may have come while the window heard nothing: without it the import would run on screen for ever. */
  async catchUp(): Promise<void> {
    const { current } = this;
    if (current?.state !== 'running' || this.upload !== null) return;
    try {
      this.receive(await api.importState(current.importId));
    } catch (error) {
      if ((error as { code?: string }).code !== 'not-found') return;
      this.receive({ ...current, state: 'failed', message: say('import.ended') });
    }
  }

  /** Opens the first study of the import, where the reader asks for it. */
  openImported(): void {
    const study = this.openable;
    if (study === null) return;
    this.dismiss();
    void studyOpening.open(study);
  }

  dismiss(): void {
    if (this.running) return;
    this.current = null;
    this.openable = null;
    this.listShown = false;
  }

  async fromPaths(paths: readonly string[]): Promise<void> {
    if (paths.length === 0 || this.#refuseSecond()) return;
    this.#actionsBefore = readerActions();
    try {
      this.receive(await api.startImport(paths));
    } catch (error) {
      report('error', message('import.nothing-because', { reason: reasonOf(error) }));
    }
  }

  /**
   * Files and folders of a launch or from the desktop, which come one by one and at any time: nobody is there to try
   * again with what is refused, so they wait for the import that is running.
   */
  async fromOutside(paths: readonly string[]): Promise<void> {
    this.#later.push(...paths);
    if (this.running || this.#starting) return;
    this.#starting = true;
    await this.fromPaths(this.#later.splice(0));
    this.#starting = false;
    this.#takeLater();
  }

  #takeLater(): void {
    if (this.#later.length > 0) void this.fromOutside([]);
  }

  async fromFiles(collect: Promise<readonly NamedFile[]> | readonly NamedFile[]): Promise<void> {
    if (this.#refuseSecond()) return;
    this.#cancelled = false;
    this.#actionsBefore = readerActions();
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
      if (!this.#cancelled) report('error', message('import.stopped', { reason: reasonOf(error) }));
      if (importId !== null)
        await api.cancelImport(importId).then(
          (state) => this.receive(state),
          () => undefined,
        );
    } finally {
      this.listing = false;
      this.upload = null;
      this.#takeLater();
    }
  }

  /** One file that cannot be read or is refused at the door does not stop the others. */
  async #uploadOne(importId: string, name: string, file: File): Promise<void> {
    try {
      await api.uploadFile(importId, name, file);
    } catch (error) {
      if ((error as { code?: string }).code === 'unreachable') throw error;
      report('warning', message('import.file-refused', { file: name, reason: reasonOf(error) }));
    }
  }

  #refuseSecond(): boolean {
    if (!this.running) return false;
    report('information', message('import.already-running'));
    return true;
  }

  async cancel(): Promise<void> {
    this.#cancelled = true;
    if (!this.current || this.current.state !== 'running') return;
    try {
      this.receive(await api.cancelImport(this.current.importId));
    } catch (error) {
      report('warning', reasonOf(error));
    }
  }
}

export const imports = new Imports();
