import type { Settings } from '../../core/settings/settings.ts';

/**
 * Settings as the window shows them: those that are stored, with the changes that are on their way on top. Changes are
 * sent one after the other, so that no answer is older than another; one that cannot be saved takes back itself alone.
 */
export class SettingsChanges {
  readonly #save: (change: Partial<Settings>) => Promise<Settings>;
  readonly #show: (settings: Settings) => void;
  #stored: Settings;
  readonly #onTheirWay: Partial<Settings>[] = [];
  #sent: Promise<unknown> = Promise.resolve();

  constructor(
    stored: Settings,
    save: (change: Partial<Settings>) => Promise<Settings>,
    show: (settings: Settings) => void,
  ) {
    this.#stored = stored;
    this.#save = save;
    this.#show = show;
  }

  /** What was read of the stored settings. */
  read(stored: Partial<Settings>): void {
    this.#stored = { ...this.#stored, ...stored };
    this.#tell();
  }

  /** Shown at once; resolves when it is stored. @throws what saving throws; it is not shown any more then */
  async change(change: Partial<Settings>): Promise<void> {
    this.#onTheirWay.push(change);
    this.#tell();
    const saved = this.#sent.then(() => this.#save(change));
    this.#sent = saved.catch(() => undefined);
    try {
      this.#stored = await saved;
    } finally {
      this.#onTheirWay.splice(this.#onTheirWay.indexOf(change), 1);
      this.#tell();
    }
  }

  #tell(): void {
    this.#show(Object.assign({}, this.#stored, ...this.#onTheirWay) as Settings);
  }
}
