import type { StudySummary } from '../../core/api/requests.ts';
import { api } from '../api/client.ts';
import { loadFontsFor } from '../styles/fonts-for-names.ts';
import { report } from './messages.svelte.ts';

/** The list of studies on the left. */
class Library {
  studies = $state.raw<readonly StudySummary[]>([]);
  search = $state('');
  /** False until the first answer: an empty list is only said to be empty once it is known to be. */
  loaded = $state(false);
  #asked = 0;

  async reload(): Promise<void> {
    const turn = (this.#asked += 1);
    try {
      const studies = await api.studies(this.search);
      if (turn !== this.#asked) return;
      this.studies = studies;
      this.loaded = true;
      loadFontsFor(studies.map((study) => study.patientName).join(' '));
    } catch (error) {
      report('error', `The list of studies could not be read: ${(error as Error).message}`);
    }
  }
}

export const library = new Library();
