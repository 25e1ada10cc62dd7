import { SystolaError } from '../../core/error.ts';
import { acceptedSettings, type SettingsChange } from '../../core/settings/settings-change.ts';
import { defaultSettings, settingsSchema, type Settings } from '../../core/settings/settings.ts';
import { transaction, type LibraryDatabase } from './database.ts';

/** One row per setting that differs from its default; a value that no longer fits falls back to the default. */
export class SettingsStore {
  readonly #database: LibraryDatabase;

  constructor(database: LibraryDatabase) {
    this.#database = database;
  }

  get(): Settings {
    const rows = this.#rows();
    const shape = settingsSchema.shape;
    const settings: Record<string, unknown> = { ...defaultSettings };
    for (const { name, value } of rows) {
      if (!Object.hasOwn(shape, name)) continue;
      const parsed = shape[name as keyof Settings].safeParse(parseJson(value));
      if (parsed.success) settings[name] = parsed.data;
    }
    return settings as Settings;
  }

  /** None of a damaged database that does not give them: without settings there would be no window to say so. */
  #rows(): { name: string; value: string }[] {
    try {
      return this.#database.prepare('SELECT name, value FROM settings').all() as {
        name: string;
        value: string;
      }[];
    } catch (error) {
      if (error instanceof SystolaError && error.code === 'library-damaged') return [];
      throw error;
    }
  }

  /**
   * Merges a change into what is stored now, whatever it was made on.
   *
   * @throws SystolaError `bad-request` where the whole would not fit
   */
  update(change: SettingsChange): Settings {
    transaction(this.#database, () => {
      const before = this.get();
      const after = acceptedSettings(before, change);
      const put = this.#database.prepare(
        'INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
      );
      for (const name of Object.keys(after) as (keyof Settings)[]) {
        if (name in change || after[name] !== before[name]) put.run(name, JSON.stringify(after[name]));
      }
    });
    return this.get();
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
