import type { ExportRequest, ExportState } from '../../core/api/exports.ts';
import { mappingOf, type MappingRequest } from '../../core/api/mapping.ts';
import { message } from '../../core/language/message.ts';
import { api, exportFileAddress, reasonOf } from '../api/client.ts';
import { dialogs } from '../dialogs/dialogs.svelte.ts';
import { report } from '../state/messages.svelte.ts';
import { say, type Words } from '../words/language.svelte.ts';

/** The export under way or last done; one at a time, of whichever window. */
class Exports {
  current = $state.raw<ExportState | null>(null);
  /** Where the desktop exports to since it was chosen in this window; before that the settings say. */
  folder = $state<string | null>(null);
  /** Why the last one did not begin. */
  problem = $state.raw<Words | null>(null);
  /** One is being asked for, and the application has not answered yet. */
  starting = $state(false);
  /** Whose pseudonyms can be told of what this window exported without its patient; null of everything else. */
  mapping = $state.raw<MappingRequest | null>(null);
  /** What this window fetches when it is done. */
  #download: string | null = null;
  readonly running = $derived(
    this.starting || this.current?.state === 'running' || this.current?.state === 'asking',
  );

  async start(request: ExportRequest): Promise<void> {
    if (this.running) return;
    this.starting = true;
    this.problem = null;
    this.current = null;
    this.mapping = mappingOf(request);
    try {
      const state = await api.startExport(request);
      if (request.destination === 'download') this.#download = state.exportId;
      this.receive(state);
    } catch (error) {
      this.problem = message('export.not-started', { reason: reasonOf(error) });
    } finally {
      this.starting = false;
    }
  }

  receive(news: ExportState): void {
    const { current } = this;
    const isSame = current?.exportId === news.exportId;
    // An answer can be overtaken by the event stream; one that has ended never runs again.
    if (isSame && hasEnded(current)) {
      this.#fetchOnce(current);
      return;
    }
    if (current !== null && !isSame && !hasEnded(current)) return;
    // Of another window: what it is about is that window's, but that it runs keeps this one from exporting.
    if (!isSame && hasEnded(news) && !this.starting) return;
    this.current = news;
    if (!hasEnded(news)) return;
    this.#fetchOnce(news);
    if (dialogs.open !== 'export') this.#tell(news);
  }

  async answer(replace: boolean): Promise<void> {
    await this.#ask((id) => api.answerExport(id, replace));
  }

  async cancel(): Promise<void> {
    await this.#ask((id) => api.cancelExport(id));
  }

  /** Its end may have come while the window heard nothing: without it the export would run on screen for ever. */
  async catchUp(): Promise<void> {
    if (this.current === null || hasEnded(this.current)) return;
    const { exportId } = this.current;
    try {
      this.receive(await api.exportState(exportId));
    } catch (error) {
      if ((error as { code?: string }).code !== 'not-found') return;
      this.receive({ ...this.current, state: 'failed', message: say('export.ended') });
    }
  }

  /** Another one can be chosen: what came of the last is put away. */
  putAway(): void {
    if (this.running) return;
    this.current = null;
    this.mapping = null;
    this.problem = null;
  }

  async #ask(act: (exportId: string) => Promise<ExportState>): Promise<void> {
    if (this.current === null) return;
    try {
      this.receive(await act(this.current.exportId));
    } catch (error) {
      report('error', message('export.not-started', { reason: reasonOf(error) }));
    }
  }

  #fetchOnce({ exportId, state, place }: ExportState): void {
    if (this.#download !== exportId) return;
    this.#download = null;
    if (state !== 'finished' || place === null) return;
    const link = document.createElement('a');
    link.href = exportFileAddress(exportId);
    link.download = place;
    link.click();
  }

  /** In the line at the foot of the window, where the dialog was closed meanwhile. */
  #tell(ended: ExportState): void {
    const isWhole = ended.state === 'finished' && ended.refusedTotal === 0;
    const refused = message('export.refused', { count: ended.refusedTotal });
    report(isWhole ? 'information' : 'warning', outcomeOf(ended));
    if (ended.refusedTotal > 0) {
      report('warning', `${say(refused)} ${ended.refused.map(({ reason }) => reason).join(' ')}`);
    }
  }
}

const hasEnded = ({ state }: ExportState): boolean => state !== 'running' && state !== 'asking';

/** What came of an export that has ended, in a sentence. */
export function outcomeOf({ state, files, place, message: reason }: ExportState): Words {
  if (state === 'cancelled') return message('export.cancelled');
  if (state === 'failed') return message('export.broken', { reason: reason ?? '' });
  return message(window.systola ? 'export.done' : 'export.done.download', { files, place: place ?? '' });
}

export const exports = new Exports();
