import type { ListedStudy } from '../../core/api/study-summary.ts';
import { message } from '../../core/language/message.ts';
import { api, reasonOf, RequestError } from '../api/client.ts';
import { loadFontsFor } from '../styles/fonts-for-names.ts';
import { report } from './messages.svelte.ts';
import { session } from './session.svelte.ts';
import { filteredStudies, isToReview, type StatusFilter } from './study-filter.ts';
import { nextOrder, orderedStudies, orderOf, orderText, type ListColumn } from './study-order.ts';
import { matchingStudies } from './study-search.ts';

const orderEntry = 'worklist.order';

/** The list of studies: which there are, which are shown, and in which order they are gone through. */
class Library {
  #all = $state.raw<readonly ListedStudy[]>([]);
  search = $state('');
  status = $state<StatusFilter>(null);
  onlyToday = $state(false);
  readonly order = $derived(orderOf(session.settings.layout[orderEntry]));
  /** Apart from filter and search, so that typing orders nothing. */
  readonly #ordered = $derived(orderedStudies(this.#all, this.order));
  /** Those that match filter and search, in the order of the list. */
  readonly studies = $derived(
    matchingStudies(filteredStudies(this.#ordered, this.status, this.onlyToday), this.search),
  );
  /** False until the first answer: an empty list is only said to be empty once it is known to be. */
  loaded = $state(false);
  #asked = 0;
  /** Rows that were told of and are not shown yet, by study. */
  #told = new Map<string, ListedStudy>();
  readonly #toldMeanwhile = new Map<string, ListedStudy>();
  #asking = 0;
  /** Where in the list the study on screen was last seen, for when it is not in it any more. */
  #place = { study: '', index: 0 };

  /** Every study there is. */
  get all(): readonly ListedStudy[] {
    return this.#all;
  }

  study(studyInstanceUid: string): ListedStudy | undefined {
    return this.#all.find((study) => study.studyInstanceUid === studyInstanceUid);
  }

  /** Takes back search and filters. */
  showAll(): void {
    this.search = '';
    this.status = null;
    this.onlyToday = false;
  }

  /** Orders by a column: upwards, downwards, and as they came. */
  orderBy(column: ListColumn): void {
    session.remember(orderEntry, orderText(nextOrder(this.order, column)));
  }

  /** A row is another; several that come together are shown together. */
  receive(study: ListedStudy): void {
    if (this.#told.size === 0) requestAnimationFrame(() => this.#takeTold());
    this.#told.set(study.studyInstanceUid, study);
  }

  #takeTold(): void {
    const told = this.#told;
    this.#told = new Map();
    this.#all = this.#all.map((study) => later(study, told.get(study.studyInstanceUid)));
    // An answer that was on its way meanwhile may be older than these.
    if (this.#asking > 0) for (const [uid, study] of told) this.#toldMeanwhile.set(uid, study);
  }

  /** Takes note of where the study on screen stands. */
  notePlace(study: string): void {
    const index = this.studies.findIndex(({ studyInstanceUid }) => studyInstanceUid === study);
    if (index >= 0) this.#place = { study, index };
  }

  /**
   * The study behind or before one in the list as it is shown; where that one has left the list (it was accepted, and
   * those to review are shown), what stands in its place, or what stood before it.
   */
  beside(study: string | null, by: 1 | -1): ListedStudy | null {
    const { studies } = this;
    if (study === null) return studies[0] ?? null;
    const index = studies.findIndex(({ studyInstanceUid }) => studyInstanceUid === study);
    if (index >= 0) return studies[index + by] ?? null;
    if (this.#place.study !== study) return studies[0] ?? null;
    return studies[this.#place.index + (by > 0 ? 0 : -1)] ?? null;
  }

  /** The next study of the list that nobody has decided on, from its beginning again behind its end; null where none is. */
  nextToReview(study: string): ListedStudy | null {
    const { studies } = this;
    const index = studies.findIndex(({ studyInstanceUid }) => studyInstanceUid === study);
    const from = index >= 0 ? index + 1 : this.#place.study === study ? this.#place.index : 0;
    const round = [...studies.slice(from), ...studies.slice(0, from)];
    return round.find((other) => other.studyInstanceUid !== study && isToReview(other)) ?? null;
  }

  async reload(): Promise<void> {
    const turn = (this.#asked += 1);
    this.#asking += 1;
    try {
      const studies = await api.studies('');
      if (turn !== this.#asked) return;
      this.#all = studies.map((study) => later(study, this.#toldMeanwhile.get(study.studyInstanceUid)));
      this.#toldMeanwhile.clear();
      this.loaded = true;
      loadFontsFor(studies.map((study) => study.patientName).join(' '));
    } catch (error) {
      // That Systola has stopped is said once, at the foot of the window.
      if (error instanceof RequestError && (error.code === 'unreachable' || error.status === 401)) return;
      report('error', message('studies.not-read', { reason: reasonOf(error) }));
    } finally {
      this.#asking -= 1;
    }
  }
}

/** The later of two rows of a study. */
const later = (study: ListedStudy, other: ListedStudy | undefined): ListedStudy =>
  other !== undefined && other.asOf > study.asOf ? other : study;

export const library = new Library();
