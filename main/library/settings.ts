import type { DatabaseSync } from 'node:sqlite';
import { defaultSettings, settingsSchema, type Settings } from '../../core/api/requests.ts';
import { transaction } from './database.ts';

/** One row per setting that differs from its default; a value that no longer fits falls back to the default. */
export class SettingsStore {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  get(): Settings {
    const rows = this.#database.prepare('SELECT name, value FROM settings').all() as {
      name: string;
      value: string;
    }[];
    const shape = settingsSchema.shape;
    const settings: Record<string, unknown> = { ...defaultSettings };
    for (const { name, value } of rows) {
      if (!Object.hasOwn(shape, name)) continue;
      const parsed = shape[name as keyof Settings].safeParse(JSON.parse(value));
      if (parsed.success) settings[name] = parsed.data;
    }
    return settings as Settings;
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
