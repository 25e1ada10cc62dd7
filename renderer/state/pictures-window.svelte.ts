import { message } from '../../core/language/message.ts';
import { reasonOf } from '../api/client.ts';
import { library } from './library.svelte.ts';
import { report } from './messages.svelte.ts';

/** The window with the pictures, where this one shows the worklist alone (on the desktop, `?window=worklist`). */
class PicturesWindow {
  /** Whether pictures are in another window than this. */
  readonly isElsewhere =
    globalThis.window?.systola !== undefined &&
    new URLSearchParams(globalThis.location.search).get('window') === 'worklist';
  /** The study that is shown there. */
  study = $state<string | null>(null);

  /** Opens a study there; the list that it was chosen from goes along, for who goes on to the next from there. */
  async open(studyInstanceUid: string): Promise<void> {
    const { search, status, onlyToday } = library;
    try {
      await window.systola?.openStudy(studyInstanceUid, { search: search.slice(0, 1000), status, onlyToday });
    } catch (error) {
      report('error', message('studies.not-opened', { reason: reasonOf(error) }));
    }
  }
}

export const picturesWindow = new PicturesWindow();
