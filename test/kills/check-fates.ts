import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LibraryDatabase } from '../../main/library/database.ts';
import type { Fate } from './plan.ts';
import { apexOfDeleted, studyOfClip, type FateOf, type Promised } from './promised.ts';

/** What is seen of a study or clip: in the list, deleted and still there, or gone from store and database. */
type Seen = 'shown' | 'pending' | 'gone';

/** What may be seen after what was asked for or answered last. */
const allowed: Readonly<Record<Fate, readonly Seen[]>> = {
  deleting: ['shown', 'pending', 'gone'],
  deleted: ['pending', 'gone'],
  // Its time may have been over before it was asked for.
  keeping: ['shown', 'pending', 'gone'],
  kept: ['shown'],
  leaving: ['pending', 'gone'],
  gone: ['gone'],
};

interface RemovalRow {
  study: string;
  instance: string;
  leaving: number;
}

/** Tables whose rows belong to a study. */
const tablesOfStudies = [
  'studies',
  'clips',
  'documents',
  'revisions',
  'snapshots',
  'study_results',
  'patient_corrections',
  'removals',
];

const many = (database: LibraryDatabase, sql: string, ...values: (string | number)[]): number =>
  (database.prepare(`SELECT count(*) AS n FROM ${sql}`).get(...values) as { n: number }).n;

/** What is there of one library, and what is wrong with what was deleted, taken back and corrected in it. */
export class Fates {
  readonly problems: string[] = [];
  readonly #folder: string;
  readonly #database: LibraryDatabase;
  readonly #removals: readonly RemovalRow[];
  /** SHA-256 of the files of clips that were taken in, by clip: gone ones have no row to ask. */
  readonly #hashes: ReadonlyMap<string, string>;

  constructor(folder: string, database: LibraryDatabase, hashes: ReadonlyMap<string, string>) {
    this.#folder = folder;
    this.#database = database;
    this.#hashes = hashes;
    this.#removals = database
      .prepare('SELECT study_instance_uid AS study, sop_instance_uid AS instance, leaving FROM removals')
      .all() as unknown as RemovalRow[];
  }

  /** Of a study as a whole. */
  seen(study: string): Seen {
    if (many(this.#database, 'studies WHERE study_instance_uid = ?', study) === 0) return 'gone';
    return this.#removals.some((row) => row.study === study && row.instance === '') ? 'pending' : 'shown';
  }

  /** Whether the file of a clip may be missing: it is being deleted for good. */
  mayLack(clip: string): boolean {
    const study = studyOfClip(clip);
    return this.#removals.some(
      (row) => row.study === study && row.leaving === 1 && (row.instance === '' || row.instance === clip),
    );
  }

  /** Whether it was told that this clip, or its study, is deleted, and it is. */
  isGone(clip: string, { fates }: Promised): boolean {
    const study = studyOfClip(clip);
    const isAsked = fates.has(`${study} `) || fates.has(`${study} ${clip}`);
    return isAsked && (this.seen(study) === 'gone' || this.#seenOfClip(study, clip) === 'gone');
  }

  /** @param settled whether the time of everything that was deleted has come */
  check({ fates, clips, patients }: Promised, settled: boolean): void {
    for (const fate of fates.values()) {
      const { study, instance } = fate;
      const seen = instance === null ? this.seen(study) : this.#seenOfClip(study, instance);
      const what = `${instance ?? study} (${fate.fate})`;
      if (!allowed[fate.fate].includes(seen)) this.problems.push(`${what} is ${seen}`);
      if (settled && seen === 'pending') this.problems.push(`${what} was never deleted`);
      if (seen === 'gone')
        this.#checkGone(
          fate,
          [...clips].filter((clip) => studyOfClip(clip) === study),
        );
    }
    for (const [study, { ids, studies }] of patients) {
      const now = this.#patientOf(study);
      if (now !== null && !ids.includes(now))
        this.problems.push(`${study} is of ${now}, not of ${ids.join()}`);
      const others = new Set(studies.map((one) => this.#patientOf(one)));
      if (others.size > 1) this.problems.push(`${studies.join()} were joined in part`);
    }
  }

  #seenOfClip(study: string, clip: string): Seen {
    if (many(this.#database, 'clips WHERE sop_instance_uid = ?', clip) === 0) return 'gone';
    const isPending = this.#removals.some(
      (row) => row.study === study && (row.instance === clip || row.instance === ''),
    );
    return isPending ? 'pending' : 'shown';
  }

  #checkGone({ study, instance, fate }: FateOf, clips: readonly string[]): void {
    for (const clip of instance === null ? clips : [instance]) {
      const sha256 = this.#hashes.get(clip) ?? '';
      if (existsSync(join(this.#folder, 'files', sha256.slice(0, 2), `${sha256}.dcm`)))
        this.problems.push(`the file of ${clip} is still there`);
    }
    if (instance !== null) {
      if (many(this.#database, `revisions WHERE instr(changes, ?) > 0`, `"${instance}"`) > 0)
        this.problems.push(`revisions still speak of ${instance}`);
      return;
    }
    for (const table of tablesOfStudies) {
      const left = many(this.#database, `${table} WHERE study_instance_uid = ?`, study);
      if (left > 0) this.problems.push(`${study} is gone, but for ${left} rows of ${table}`);
    }
    const entries = many(
      this.#database,
      `audit WHERE study_instance_uid = ? AND json_extract(detail, '$.deleted') = 'for good'`,
      study,
    );
    if (entries === 0) this.problems.push(`the audit log does not say that ${study} was deleted`);
    // What was not acknowledged may lie in the log of the database until the next quiet half minute.
    const text = `[${apexOfDeleted(study)},20]`;
    for (const name of fate === 'gone' ? ['library.sqlite', 'library.sqlite-wal'] : []) {
      const path = join(this.#folder, name);
      if (existsSync(path) && readFileSync(path).includes(text))
        this.problems.push(`contours of ${study} are still in ${name}`);
    }
  }

  /** Null where nothing was said of it, or there is no such study any more. */
  #patientOf(study: string): string | null {
    const row = this.#database
      .prepare(
        `SELECT json_extract(correction, '$.patientId') AS id FROM patient_corrections WHERE study_instance_uid = ?`,
      )
      .get(study) as { id: string } | undefined;
    return row?.id ?? null;
  }
}
