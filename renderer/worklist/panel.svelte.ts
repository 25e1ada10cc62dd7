import { workspace } from '../state/workspace.svelte.ts';

/** Whether the worklist lies over the pictures. */
class WorklistPanel {
  #isOpen = $state(false);
  /** Where nothing is open there is nothing else to be seen. */
  readonly isShown = $derived(this.#isOpen || workspace.study === null);

  /** It was opened by its key: the keys are the list's. */
  #isWanted = false;

  close(): void {
    this.#isOpen = false;
  }

  toggle(): void {
    this.#isOpen = !this.isShown;
    this.#isWanted = this.#isOpen;
  }

  /** Whether the list is to have the focus now that it is shown; once. */
  takesFocus(): boolean {
    const isWanted = this.#isWanted;
    this.#isWanted = false;
    return isWanted;
  }
}

export const worklistPanel = new WorklistPanel();
