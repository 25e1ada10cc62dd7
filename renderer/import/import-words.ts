import type { ImportState } from '../../core/api/requests.ts';

export const counted = (n: number, word: string, plural = `${word}s`): string =>
  `${n} ${n === 1 ? word : plural}`;

/** One line about an import: how far it is, or what came of it. */
export function importHeadline(
  state: ImportState | null,
  listing: boolean,
  upload: { readonly done: number; readonly total: number } | null,
): string {
  if (listing) return 'Listing dropped folders…';
  if (upload) return `Receiving files: ${upload.done} of ${upload.total}`;
  if (!state) return '';
  switch (state.state) {
    case 'running':
      return state.filesTotal === null
        ? `Importing: ${state.filesDone} files so far`
        : `Importing: ${state.filesDone} of ${state.filesTotal}`;
    case 'finished':
      if (state.accepted > 0) {
        const studies = counted(state.studies.length, 'study', 'studies');
        return `${studies} imported, ${counted(state.accepted, 'file')}`;
      }
      return state.known > 0 && state.rejectedTotal === 0 ? 'Already in the library' : 'Nothing was imported';
    case 'cancelled':
      return `Import cancelled after ${counted(state.accepted, 'file')}`;
    case 'failed':
      return state.message === null ? 'The import failed' : `The import failed: ${state.message}`;
  }
}
