import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { hashGuarded } from '../dicom/guarded-reader.ts';
import { missingFile } from '../dicom/stored-file.ts';
import { VerifiedFiles } from '../dicom/verified-files.ts';

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
    await mkdir(join(this.#root, filesFolder), { recursive: true, mode: 0o700 });
    const incoming = join(this.#root, incomingFolder);
    await mkdir(incoming, { recursive: true, mode: 0o700 });
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
      throw missingFile(basename(path), error);
    }
  }

  async has(sha256: string): Promise<boolean> {
    return stat(this.path(sha256)).then(
      (entry) => entry.isFile(),
      () => false,
    );
  }

  /** Hashes of all stored files, by their names; whatever else lies there is the user's. */
  async *list(): AsyncGenerator<string> {
    const root = join(this.#root, filesFolder);
    for (const folder of await readdir(root, { withFileTypes: true }).catch(() => [])) {
      if (!folder.isDirectory() || !/^[0-9a-f]{2}$/.test(folder.name)) continue;
      for (const entry of await readdir(join(root, folder.name), { withFileTypes: true })) {
        const sha256 = /^([0-9a-f]{64})\.dcm$/.exec(entry.name)?.[1];
        if (entry.isFile() && sha256?.startsWith(folder.name)) yield sha256;
      }
    }
  }

  /** Moves a file that is complete and flushed to its place. */
  async adopt(incomingPath: string, sha256: string): Promise<void> {
    const target = this.path(sha256);
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    await rename(incomingPath, target);
    await flushFolder(dirname(target));
  }

  async remove(sha256: string): Promise<void> {
    await rm(this.path(sha256), { force: true });
  }
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
