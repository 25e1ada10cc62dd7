import type { KeepMaskState } from '../../core/api/keep-masks.ts';
import type { KeepMask } from '../../core/deidentify/keep-mask.ts';
import { api, reasonOf } from '../api/client.ts';
import type { Words } from '../words/language.svelte.ts';

/** A clip whose pictures somebody has to look at before it leaves. */
export class ClipToCheck {
  readonly sopInstanceUid: string;
  state = $state.raw<KeepMaskState | null>(null);
  /** As it is drawn at the moment. */
  mask = $state.raw<KeepMask>({ areas: [] });
  /** Masks before each change, the last one last. */
  #before = $state.raw<readonly KeepMask[]>([]);
  problem = $state.raw<Words | null>(null);
  /** Something is on its way to the application. */
  busy = $state(false);
  readonly isChecked = $derived(this.state !== null && this.state.checked !== null);
  readonly canUndo = $derived(this.#before.length > 0);

  constructor(sopInstanceUid: string) {
    this.sopInstanceUid = sopInstanceUid;
  }

  /** What is drawn and not ticked stays as it is, unless somebody ticked another mask meanwhile. */
  async load(): Promise<void> {
    await this.#ask(async () => {
      const isDrawn = this.state !== null && this.canUndo && !this.isChecked;
      const state = await api.keepMask(this.sopInstanceUid);
      if (isDrawn && state.checked === null) return;
      this.state = state;
      this.mask = state.mask ?? { areas: [] };
      this.#before = [];
    });
  }

  /** Asks again where it begins, unless somebody ticked or drew something. */
  async loadAgain(): Promise<void> {
    const isTouched = this.canUndo || this.isChecked || this.busy || this.state === null;
    if (isTouched) return;
    await this.load();
  }

  /**
   * Another mask: nobody has looked at it yet.
   *
   * @param isStep false while a gesture goes on, whose first change was a step
   */
  change(mask: KeepMask, isStep = true): void {
    if (isStep) this.#before = [...this.#before, this.mask];
    this.mask = mask;
    if (this.isChecked && !this.busy) void this.uncheck();
  }

  undo(): void {
    const last = this.#before.at(-1);
    if (last === undefined) return;
    this.#before = this.#before.slice(0, -1);
    this.mask = last;
    if (this.isChecked) void this.uncheck();
  }

  async check(): Promise<void> {
    const { mask } = this;
    await this.#ask(async () => {
      const state = await api.checkMask(this.sopInstanceUid, mask);
      // Drawn on meanwhile: what was ticked is not what is seen.
      if (this.mask === mask) this.state = { ...state, mask };
      else await api.uncheckMask(this.sopInstanceUid);
    });
  }

  /** The tick goes; the mask stays as it is drawn. */
  async uncheck(): Promise<void> {
    await this.#ask(async () => {
      const { checked } = await api.uncheckMask(this.sopInstanceUid);
      if (this.state !== null) this.state = { ...this.state, checked };
    });
  }

  async #ask(work: () => Promise<void>): Promise<void> {
    this.busy = true;
    this.problem = null;
    try {
      await work();
    } catch (error) {
      this.problem = reasonOf(error);
    } finally {
      this.busy = false;
    }
  }
}
