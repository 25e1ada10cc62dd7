import type { StudySummary } from '../../core/api/requests.ts';
import { message } from '../../core/language/message.ts';
import { api, reasonOf, RequestError } from '../api/client.ts';
import { loadFontsFor } from '../styles/fonts-for-names.ts';
import { report } from './messages.svelte.ts';
import { matchingStudies } from './study-search.ts';

/** The list of studies on the left. */
class Library {
  #all = $state.raw<readonly StudySummary[]>([]);
  search = $state('');
  /** Those that match the search. */
  readonly studies = $derived(matchingStudies(this.#all, this.search));
  /** False until the first answer: an empty list is only said to be empty once it is known to be. */
  loaded = $state(false);
  #asked = 0;

  /** Every study there is. */
  get all(): readonly StudySummary[] {
    return this.#all;
  }

  study(studyInstanceUid: string): StudySummary | undefined {
    return this.#all.find((study) => study.studyInstanceUid === studyInstanceUid);
  }

  async reload(): Promise<void> {
    const turn = (this.#asked += 1);
    try {
      const studies = await api.studies('');
      if (turn !== this.#asked) return;
      this.#all = studies;
      this.loaded = true;
      loadFontsFor(studies.map((study) => study.patientName).join(' '));
    } catch (error) {
      // That Systola has stopped is said once, at the foot of the window.
      if (error instanceof RequestError && (error.code === 'unreachable' || error.status === 401)) return;
      report('error', message('studies.not-read', { reason: reasonOf(error) }));
    }
  }
}

export const library = new Library();
