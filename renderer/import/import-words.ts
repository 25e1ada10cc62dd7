import type { ImportState } from '../../core/api/requests.ts';
import { say } from '../words/language.svelte.ts';

/** One line about an import: how far it is, or what came of it. */
export function importHeadline(
  state: ImportState | null,
  listing: boolean,
  upload: { readonly done: number; readonly total: number } | null,
): string {
  if (listing) return say('import.listing');
  if (upload) return say('import.receiving', upload);
  if (!state) return '';
  switch (state.state) {
    case 'running':
      return state.filesTotal === null
        ? say('import.running.so-far', { count: state.filesDone })
        : say('import.running', { done: state.filesDone, total: state.filesTotal });
    case 'finished':
      if (state.accepted > 0)
        return say('import.finished', { studies: state.studies.length, files: state.accepted });
      return state.known > 0 && state.rejectedTotal === 0 ? say('import.all-known') : say('import.nothing');
    case 'cancelled':
      return say('import.cancelled', { count: state.accepted });
    case 'failed':
      return state.message === null
        ? say('import.failed')
        : say('import.failed-because', { reason: state.message });
  }
}
