import { sameValue } from '../../core/review/same-value.ts';
import { changedSettings, type SettingsChange } from '../../core/settings/settings-change.ts';
import type { Settings } from '../../core/settings/settings.ts';

/**
 * Settings as the window shows them: those that are stored, with the changes that are on their way on top. Changes are
 * sent one after the other, so that no answer is older than another; one that cannot be saved takes back itself alone.
 */
export class SettingsChanges {
  readonly #save: (change: SettingsChange) => Promise<Settings>;
  readonly #show: (settings: Settings) => void;
  #stored: Settings;
  readonly #onTheirWay: SettingsChange[] = [];
  /** Those that wait for the ones before them, or did until the page went. */
  readonly #waiting = new Map<SettingsChange, Promise<Settings> | null>();
  #sent: Promise<unknown> = Promise.resolve();
  /** What was read while a change is with the application. */
  #readMeanwhile: Settings[] = [];

  constructor(
    stored: Settings,
    save: (change: SettingsChange) => Promise<Settings>,
    show: (settings: Settings) => void,
  ) {
    this.#stored = stored;
    this.#save = save;
    this.#show = show;
  }

  /** What was read of the stored settings. */
  read(stored: Partial<Settings>): void {
    this.#stored = { ...this.#stored, ...stored };
    this.#readMeanwhile.push(this.#stored);
    this.#tell();
  }

  /** Shown at once; resolves when it is stored. @throws what saving throws; it is not shown any more then */
  async change(change: SettingsChange): Promise<void> {
    this.#onTheirWay.push(change);
    this.#waiting.set(change, null);
    this.#tell();
    const saved = this.#sent.then(() => {
      this.#readMeanwhile = [];
      const early = this.#waiting.get(change) ?? null;
      this.#waiting.delete(change);
      return early ?? this.#save(change);
    });
    this.#sent = saved.catch(() => undefined);
    try {
      const answer = await saved;
      // What came by the events after the same is newer: another window has changed something since.
      if (!this.#readMeanwhile.some((read) => sameValue(read, answer))) this.#stored = answer;
    } finally {
      this.#onTheirWay.splice(this.#onTheirWay.indexOf(change), 1);
      this.#tell();
    }
  }

  /** The page goes, and with it whoever waits for an answer: what waits is sent at once. */
  sendWaiting(): void {
    for (const [change, early] of this.#waiting) {
      if (early !== null) continue;
      const answer = this.#save(change);
      answer.catch(() => undefined);
      this.#waiting.set(change, answer);
    }
  }

  #tell(): void {
    this.#show(this.#onTheirWay.reduce(changedSettings, this.#stored));
  }
}
