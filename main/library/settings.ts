import { defaultSettings, settingsSchema, type Settings } from '../../core/settings/settings.ts';
import { SystolaError } from '../../core/error.ts';
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

  update(changes: Partial<Settings>): Settings {
    transaction(this.#database, () => {
      const put = this.#database.prepare(
        'INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
      );
      for (const [name, value] of Object.entries(changes)) {
        if (value !== undefined) put.run(name, JSON.stringify(value));
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
