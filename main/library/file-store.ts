import { randomUUID } from 'node:crypto';
import { lstat, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { SystolaError } from '../../core/error.ts';
import { hashGuarded } from '../dicom/guarded-reader.ts';
import { storedFileError } from '../dicom/stored-file.ts';
import { VerifiedFiles } from '../dicom/verified-files.ts';
import { makeFolder } from '../files/make-folder.ts';
import { writeError } from '../files/write-error.ts';

const incomingFolder = 'incoming';
const filesFolder = 'files';

/** A complete, flushed file at {@link FileStore.incomingPath}. */
export interface IncomingFile {
  readonly incomingPath: string;
  readonly sha256: string;
  readonly bytes: number;
}

/**
 * DICOM files under `files/<first two digits>/<sha256>.dcm`. A file appears there whole or not at all: it is
 * written elsewhere on the same volume, flushed to disk, and renamed.
 */
export class FileStore {
  readonly #root: string;
  readonly #verified = new VerifiedFiles(hashGuarded);

  constructor(root: string) {
    this.#root = root;
  }

  /** Creates the folders and throws away what an interrupted import left half-written. */
  async prepare(): Promise<void> {
    await makeFolder(join(this.#root, filesFolder), 0o700);
    const incoming = join(this.#root, incomingFolder);
    await makeFolder(incoming, 0o700);
    for (const name of await readdir(incoming))
      await rm(join(incoming, name), { recursive: true, force: true });
  }

  /** A path nobody else uses, on the volume of the store, for a file that is still arriving. */
  incomingPath(): string {
    return join(this.#root, incomingFolder, randomUUID());
  }

  /** Where the file with this hash is, or would be. */
  path(sha256: string): string {
    return join(this.#root, filesFolder, sha256.slice(0, 2), `${sha256}.dcm`);
  }

  /** Whether the file is there with the bytes that were taken in; read once, and again when it has changed. */
  holds(sha256: string, bytes: number | null = null): Promise<boolean> {
    const path = this.path(sha256);
    return this.#verified.holds({ path, fileName: basename(path), sha256, bytes });
  }

  /** Size of a stored file. @throws SystolaError `file-missing`, `unreadable` */
  async bytes(sha256: string): Promise<number> {
    const path = this.path(sha256);
    try {
      return (await stat(path)).size;
    } catch (error) {
      throw storedFileError(basename(path), error);
    }
  }

  /** Whether such a file is there. @throws SystolaError `unreadable` where that cannot be known */
  async has(sha256: string): Promise<boolean> {
    const path = this.path(sha256);
    try {
      return (await stat(path)).isFile();
    } catch (error) {
      const named = storedFileError(basename(path), error);
      if (named instanceof SystolaError && named.code === 'file-missing') return false;
      throw named;
    }
  }

  /**
   * Names of the folders that stored files lie in: the first two digits of their hashes. A link to a folder is as good
   * as one. None where nothing was ever stored.
   *
   * @throws SystolaError `unreadable`: that a folder cannot be read says nothing of what is in it
   */
  async folders(): Promise<string[]> {
    const root = join(this.#root, filesFolder);
    try {
      return (await readdir(root)).filter((name) => /^[0-9a-f]{2}$/.test(name));
    } catch (error) {
      if (isNotThere(error) && !(await isEntry(root))) return [];
      throw unreadFolder(root, error);
    }
  }

  /**
   * Hashes of the stored files of one of {@link folders}, by their names; whatever else lies there is the user's.
   *
   * @throws SystolaError `unreadable`
   */
  async hashes(folder: string): Promise<string[]> {
    const path = join(this.#root, filesFolder, folder);
    const entries = await readdir(path, { withFileTypes: true }).catch((error: unknown) => {
      throw unreadFolder(path, error);
    });
    return entries.flatMap((entry) => {
      const sha256 = /^([0-9a-f]{64})\.dcm$/.exec(entry.name)?.[1];
      const isFile = entry.isFile() || entry.isSymbolicLink();
      return isFile && sha256?.startsWith(folder) ? [sha256] : [];
    });
  }

  /** Moves a file that is complete and flushed to its place. */
  async adopt(incomingPath: string, sha256: string): Promise<void> {
    const target = this.path(sha256);
    await makeFolder(dirname(target), 0o700);
    await rename(incomingPath, target);
    await flushFolder(dirname(target));
  }

  /** Gone from the disk when it returns: one that a power failure brings back would be taken in again. */
  async remove(sha256: string): Promise<void> {
    const path = this.path(sha256);
    try {
      await rm(path, { force: true });
      await flushFolder(dirname(path));
    } catch (error) {
      // The folder is not there either.
      if (isNotThere(error)) return;
      throw writeError(error, path);
    }
  }
}

/** A folder of the store that is there and cannot be read, as of a disk or share that does not answer. */
function unreadFolder(path: string, error: unknown): SystolaError {
  return new SystolaError(
    'unreadable',
    `A folder of the library cannot be read (${String((error as NodeJS.ErrnoException).code)}). ` +
      'Check its permissions and the disk that it is on, and start Systola again.',
    path,
    { cause: error },
  );
}

function isNotThere(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}

async function isEntry(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    (error: unknown) => !isNotThere(error),
  );
}

/** A rename is on disk only when the folder is; Windows has no such call and needs none. */
async function flushFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
