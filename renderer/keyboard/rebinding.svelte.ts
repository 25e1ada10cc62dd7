import { givenKey, keyHolder, type ActionId, type KeyChoices } from './actions.ts';

/** A key that another action has. */
export interface KeyConflict {
  readonly id: ActionId;
  readonly key: string;
  readonly holder: ActionId;
}

/** Giving an action another key: which one waits for a press, and what has to be asked first. */
export class Rebinding {
  /** The action that gets the next key that is pressed. */
  choosing = $state<ActionId | null>(null);
  /** Nothing changes until the reader has said what is meant. */
  asked = $state.raw<KeyConflict | null>(null);

  readonly #choices: () => KeyChoices;
  readonly #remember: (keys: Readonly<Record<string, string>>) => void;

  constructor(choices: () => KeyChoices, remember: (keys: Readonly<Record<string, string>>) => void) {
    this.#choices = choices;
    this.#remember = remember;
  }

  begin(id: ActionId): void {
    this.choosing = id;
    this.asked = null;
  }

  /** The key that was pressed; Escape leaves everything as it is, unless it is the key of leaving itself. */
  take(key: string): void {
    const id = this.choosing;
    if (id === null) return;
    this.choosing = null;
    if (key === 'Escape' && id !== 'cancel') return;
    const holder = keyHolder(id, key, this.#choices());
    if (holder !== null) this.asked = { id, key, holder };
    else this.#remember(givenKey(id, key, this.#choices()));
  }

  /** The two actions exchange their keys. */
  exchange(): void {
    const { asked } = this;
    this.asked = null;
    if (asked) this.#remember(givenKey(asked.id, asked.key, this.#choices()));
  }

  /** Both keep what they have. */
  leave(): void {
    this.asked = null;
  }
}
