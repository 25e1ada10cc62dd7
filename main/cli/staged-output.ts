import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { ownerTag, removeAbandoned } from '../files/abandoned.ts';

const prefix = '.systola-';

/**
 * Output files of one command, written beside the place where they belong and moved there together at the end,
 * so that a command that is stopped, or that fails while writing, leaves what was there before.
 */
export class StagedOutput {
  readonly #out: string;
  readonly #folder: string;

  private constructor(out: string, folder: string) {
    this.#out = out;
    this.#folder = folder;
  }

  /**
   * In a hidden folder inside `out`, which must exist: moving within one file system copies nothing. What commands
   * that were killed left there goes.
   */
  static async in(out: string): Promise<StagedOutput> {
    await removeAbandoned(out, prefix);
    return new StagedOutput(out, await mkdtemp(join(out, `${prefix}${ownerTag()}-`)));
  }

  /** Where to write the file that will be `<out>/<...names>`. */
  path(...names: string[]): string {
    return join(this.#folder, ...names);
  }

  /** Moves every file into place; folders that are there already keep their other files. */
  async publish(): Promise<void> {
    const entries = await readdir(this.#folder, { recursive: true, withFileTypes: true });
    for (const entry of entries.filter((found) => found.isFile())) {
      const from = join(entry.parentPath, entry.name);
      const to = join(this.#out, relative(this.#folder, from));
      await mkdir(dirname(to), { recursive: true });
      await rename(from, to);
    }
  }

  /** Removes what was not published. */
  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}
