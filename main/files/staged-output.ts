import { constants } from 'node:fs';
import {
  access,
  copyFile,
  link,
  lstat,
  mkdtemp,
  readdir,
  rename,
  rm,
  rmdir,
  writeFile,
} from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { SystolaError } from '../../core/error.ts';
import { ownerTag, removeAbandoned } from './abandoned.ts';
import { writeError } from './write-error.ts';
import { makeFolder } from './make-folder.ts';

const prefix = '.systola-';
const newFiles = 'new';
const replacedFiles = 'replaced';

/**
 * Output files of one task, written beside the place where they belong and moved there together at the end, so that a
 * task that is stopped, or that fails while writing, leaves what was there before.
 */
export class StagedOutput {
  readonly #out: string;
  readonly #folder: string;

  private constructor(out: string, folder: string) {
    this.#out = out;
    this.#folder = folder;
  }

  /**
   * In a hidden folder inside `out`, which must exist: moving within one file system copies nothing. What processes
   * that were killed left there goes.
   *
   * @throws SystolaError `disk-full`, or `unwritable` where the system refuses
   */
  static async in(out: string): Promise<StagedOutput> {
    await removeAbandoned(out, prefix);
    try {
      return new StagedOutput(out, await mkdtemp(join(out, `${prefix}${ownerTag()}-`)));
    } catch (error) {
      throw writeError(error, out);
    }
  }

  /**
   * Writes the file that will be `<out>/<...names>`.
   *
   * @throws SystolaError `disk-full`, or `unwritable`, naming where it was to be
   */
  async write(content: Uint8Array | AsyncIterable<Uint8Array>, ...names: string[]): Promise<void> {
    const path = this.path(...names);
    try {
      // Where the disk went away nothing is made anew in its place.
      await access(this.#folder);
      await makeFolder(dirname(path));
      await writeFile(path, content, { flag: 'wx', flush: true });
    } catch (error) {
      throw writeError(error, join(this.#out, ...names));
    }
  }

  /**
   * Copies a file to what will be `<out>/<...names>`, in no time where the disk can.
   *
   * @throws SystolaError `disk-full`, or `unwritable`, naming where it was to be
   */
  async copy(from: string, ...names: string[]): Promise<void> {
    const path = this.path(...names);
    try {
      await access(this.#folder);
      await makeFolder(dirname(path));
      await copyFile(from, path, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    } catch (error) {
      throw writeError(error, join(this.#out, ...names));
    }
  }

  /** Where to write the file that will be `<out>/<...names>`. */
  path(...names: string[]): string {
    return join(this.#folder, newFiles, ...names);
  }

  /** Takes back what was written to `<out>/<...names>`, a file or a folder. */
  async discard(...names: string[]): Promise<void> {
    await rm(this.path(...names), { recursive: true, force: true });
  }

  /** Files that are to be published, relative to `out`. */
  async files(): Promise<string[]> {
    const root = this.path();
    const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => []);
    return entries
      .filter((found) => found.isFile())
      .map((entry) => relative(root, join(entry.parentPath, entry.name)))
      .sort();
  }

  /** Those of {@link files} whose place is taken. */
  async taken(): Promise<string[]> {
    const files = await this.files();
    const there = await Promise.all(files.map((file) => kindOf(join(this.#out, file))));
    return files.filter((_, index) => there[index] !== null);
  }

  /**
   * Moves every file into place, all or none; folders that are there already keep their other files.
   *
   * @param options `replace`: whether files that are there may be
   * @throws SystolaError `file-exists` naming the first that is there; `disk-full`, `unwritable`
   */
  async publish({ replace }: { readonly replace: boolean }): Promise<void> {
    const moved: (() => Promise<unknown>)[] = [];
    let to = this.#out;
    try {
      for (const file of await this.files()) {
        to = join(this.#out, file);
        await this.#makeFolder(dirname(to), moved);
        await this.#place(file, to, replace, moved);
      }
    } catch (error) {
      for (const back of moved.reverse()) await back().catch(() => undefined);
      throw writeError(error, to);
    }
  }

  async #place(file: string, to: string, replace: boolean, moved: (() => Promise<unknown>)[]): Promise<void> {
    const from = this.path(file);
    const there = await kindOf(to);
    // A folder of this name is somebody's, whatever was allowed of files.
    if (there === 'folder') throw somethingElse(to);
    if (there === 'file') {
      if (!replace) throw fileExists(to);
      const aside = join(this.#folder, replacedFiles, file);
      await makeFolder(dirname(aside));
      // Linked where the disk can, so that a process that is killed leaves the old file or the new one, and never none.
      await link(to, aside).catch(() => rename(to, aside));
      moved.push(() => rename(aside, to));
    }
    await rename(from, to);
    moved.push(() => rename(to, from));
  }

  async #makeFolder(folder: string, made: (() => Promise<unknown>)[]): Promise<void> {
    for (const created of await makeFolder(folder)) made.push(() => rmdir(created));
  }

  /** Removes what was not published. */
  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}

const fileExists = (path: string): SystolaError =>
  new SystolaError(
    'file-exists',
    'There is a file of this name already, and it stays as it is. Choose another folder, or say that it may be replaced.',
    path,
  );

const somethingElse = (path: string): SystolaError =>
  new SystolaError(
    'unwritable',
    'A folder of this name is there. Choose another folder, or move it away.',
    path,
  );

async function kindOf(path: string): Promise<'file' | 'folder' | null> {
  try {
    return (await lstat(path)).isDirectory() ? 'folder' : 'file';
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw error;
  }
}
