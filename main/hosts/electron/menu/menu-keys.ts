/** A key press as Electron gives it before the page sees it. */
export interface KeyPress {
  readonly type: string;
  readonly key: string;
  readonly alt: boolean;
  readonly control: boolean;
  readonly meta: boolean;
}

const modifiers = new Set(['Alt', 'AltGraph', 'Control', 'Meta', 'Shift', 'CapsLock', 'Super']);

/**
 * Keeps from the page what is meant for the menu. Alt with a letter opens a menu, or nothing; the keys after it are
 * for that menu, also when they arrive before it is open, and must not accept or reject a study.
 */
export class MenuKeys {
  readonly #mnemonics: ReadonlySet<string>;
  #pending: 'menu' | 'nothing' | null = null;

  /** @param mnemonics lower-case letters that open a menu */
  constructor(mnemonics: ReadonlySet<string>) {
    this.#mnemonics = mnemonics;
  }

  /** Whether the press is kept from the page. */
  keeps({ type, key, alt, control, meta }: KeyPress): boolean {
    if (type !== 'keyDown' || modifiers.has(key)) return false;
    // Ctrl+Alt is how Windows says AltGr, which types.
    if (alt && !control && !meta && key.length === 1) {
      const opens = this.#mnemonics.has(key.toLowerCase());
      this.#pending = opens ? 'menu' : 'nothing';
      // The menu gets only what went by the page, which does nothing with it.
      return !opens;
    }
    if (this.#pending === null) return false;
    if (this.#pending === 'nothing') this.#pending = null;
    return true;
  }

  /** The menu is open, or the person has turned to something else. */
  done(): void {
    this.#pending = null;
  }
}

/** The letters that open the menus of a menu bar with Alt, lower case. */
export function mnemonicsOf(labels: readonly (string | undefined)[]): Set<string> {
  const letters = labels.map((label) => /&([^&\s])/.exec(label ?? '')?.[1]?.toLowerCase());
  return new Set(letters.filter((letter) => letter !== undefined));
}
