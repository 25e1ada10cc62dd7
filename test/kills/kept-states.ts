import { existsSync, readdirSync } from 'node:fs';
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { checkBackup } from '../../main/backup/check-backup.ts';
import { statesOf } from '../../main/backup/write-backup.ts';
import { openDatabase } from '../../main/library/database.ts';
import { Library } from '../../main/library/library.ts';
import type { Acknowledged } from './plan.ts';
import { Promised } from './promised.ts';

/** States that are read whole after every kill; each one is the newest at some time. */
const statesChecked = 2;

const quiet = { signal: new AbortController().signal, onProgress: () => undefined };

/** States of a backup with what each of them has to hold, and what was promised of the library as it is. */
export class KeptStates {
  promised = new Promised();
  readonly #folder: string;
  readonly #library: string;
  readonly #states = new Map<string, Promised>();
  /** The state that is about to take the place of everything: nobody was told whether it did. */
  #restoring: { readonly state: string; readonly lastLabel: string } | null = null;

  /** @param folder of the backup */
  constructor(folder: string, library: string) {
    this.#folder = folder;
    this.#library = library;
  }

  note(line: Acknowledged): void {
    if ('backup' in line) this.#states.set(line.backup, this.promised.copy());
    else if ('restore' in line) {
      this.#restoring = { state: line.restore, lastLabel: line.lastLabel };
      if (line.done) this.#restored();
    } else this.promised.note(line);
  }

  /**
   * What is wrong with the states; and which one the library is, where a kill left that open.
   *
   * @returns the folder of the library to look at: a copy that was opened, where the next start goes on restoring
   */
  async settle(): Promise<{ library: string; problems: string[] }> {
    const problems: string[] = [];
    const there = new Set(await statesOf(this.#folder));
    for (const state of this.#states.keys()) if (!there.has(state)) problems.push(`backup ${state} is lost`);
    // Written whole, and killed before anybody was told.
    for (const state of there) if (!this.#states.has(state)) this.#states.set(state, this.promised.copy());
    for (const state of [...there].slice(0, statesChecked)) {
      const { faults, record } = await checkBackup(state, quiet);
      for (const { path, fault } of faults) problems.push(`${path} of a backup is ${fault}`);
      for (const path of record.missing) problems.push(`${path} is not in backup ${state}`);
    }
    const restoring = join(this.#library, 'restoring');
    const goesOn = ['ready.json', 'exchanged.json'].some((name) => existsSync(join(restoring, name)));
    let library = this.#library;
    if (goesOn) {
      library = `${this.#library}-copy`;
      await rm(library, { recursive: true, force: true });
      await cp(this.#library, library, { recursive: true });
      (await Library.open(library)).close();
    }
    if (this.#restoring !== null && existsSync(join(library, 'library.sqlite'))) {
      const { isRestored, isRecorded } = this.#lookInto(library, this.#restoring);
      if (isRestored && !isRecorded)
        problems.push(`the audit log does not say that ${this.#restoring.state} is restored`);
      if (goesOn && !isRestored) problems.push(`${this.#restoring.state} was laid ready and not restored`);
      if (isRestored) this.#restored();
      this.#restoring = null;
    }
    return { library, problems };
  }

  /** Deletes what restoring put aside, which nothing here looks at. */
  async sweep(): Promise<void> {
    await rm(`${this.#library}-copy`, { recursive: true, force: true });
    for (const name of readdirSync(this.#library)) {
      if (name.startsWith('replaced-')) await rm(join(this.#library, name), { recursive: true, force: true });
    }
  }

  /** The last revision was made just before: a library that still has it was not restored. */
  #lookInto(
    library: string,
    { state, lastLabel }: { readonly state: string; readonly lastLabel: string },
  ): { isRestored: boolean; isRecorded: boolean } {
    const database = openDatabase(join(library, 'library.sqlite'));
    try {
      const isThere =
        database.prepare('SELECT 1 FROM revisions WHERE label = ?').get(lastLabel) !== undefined;
      const sql = `SELECT 1 FROM audit WHERE json_extract(detail, '$.restored') = ?`;
      return { isRestored: !isThere, isRecorded: database.prepare(sql).get(state) !== undefined };
    } finally {
      database.close();
    }
  }

  #restored(): void {
    this.promised = this.#states.get(this.#restoring?.state ?? '')?.copy() ?? new Promised();
    this.#restoring = null;
  }
}
