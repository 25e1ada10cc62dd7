import { SvelteMap } from 'svelte/reactivity';
import type { ReadingPreview } from '../../core/document/reading-preview.ts';
import { api } from '../api/client.ts';
import type { OpenStudy } from '../state/study.svelte.ts';

/** What the open study would be with each of the readings that are offered, as far as it is known. */
class ReadingPreviews {
  readonly #answers = new SvelteMap<string, ReadingPreview | null>();
  /** Last revision of the study that was asked about. */
  readonly #asked = new Map<string, string>();

  /** undefined while nobody knows; null where it cannot be known. */
  of(documentUid: string): ReadingPreview | null | undefined {
    return this.#answers.get(documentUid);
  }

  /** Asks about the study as the library has it now, once; the last answer stands meanwhile. */
  async ask({ uid, head }: Pick<OpenStudy, 'uid' | 'head'>, documentUid: string): Promise<void> {
    const state = `${uid} ${head}`;
    if (this.#asked.get(documentUid) === state) return;
    this.#asked.set(documentUid, state);
    // Why it cannot be had is said when it is taken.
    const answer = await api.readingPreview(uid, documentUid).catch(() => null);
    if (this.#asked.get(documentUid) === state) this.#answers.set(documentUid, answer);
  }
}

export const readingPreviews = new ReadingPreviews();
