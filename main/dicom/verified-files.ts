import { stat } from 'node:fs/promises';
import { SystolaError } from '../../core/error.ts';
import {
  alteredFile,
  missingFile,
  stampOf,
  storedFileError,
  type FileContent,
  type StoredFile,
} from './stored-file.ts';

/** A file that is changed again and again is not what was taken in. */
const attempts = 3;

/**
 * Which files of the store were found to be what was taken in. Each is hashed once, and again only after the file
 * itself has changed, whichever way the comparison went before.
 */
export class VerifiedFiles {
  readonly #hash: (file: StoredFile, bytes: number) => Promise<FileContent>;
  readonly #contents = new Map<string, Promise<FileContent>>();

  /** @param hash reads and hashes a file of so many bytes, where that holds nothing else up */
  constructor(hash: (file: StoredFile, bytes: number) => Promise<FileContent>) {
    this.#hash = hash;
  }

  /**
   * The stamp of the file whose content is right; a reader that finds another one calls {@link forget} and asks again.
   *
   * @throws SystolaError `file-altered`, `file-missing`, `unreadable`
   */
  async stamp(file: StoredFile): Promise<string> {
    const known = this.#contents.get(file.path);
    const content = await (known ?? this.#look(file));
    if (content.sha256 === file.sha256) return content.stamp;
    // It was not right when it was hashed. It may have been put right since.
    if (known === undefined || content.stamp === (await currentStamp(file))) throw alteredFile(file.fileName);
    this.forget(file.path);
    return this.stamp(file);
  }

  /** Whether the file is there now and holds what was taken in. */
  async holds(file: StoredFile): Promise<boolean> {
    try {
      for (let attempt = 1; attempt <= attempts; attempt += 1) {
        if ((await this.stamp(file)) === (await currentStamp(file))) return true;
        this.forget(file.path);
      }
    } catch (error) {
      if (!(error instanceof SystolaError)) throw error;
    }
    return false;
  }

  forget(path: string): void {
    this.#contents.delete(path);
  }

  #look(file: StoredFile): Promise<FileContent> {
    const content = this.#contentOf(file);
    this.#contents.set(file.path, content);
    content.catch(() => {
      if (this.#contents.get(file.path) === content) this.forget(file.path);
    });
    return content;
  }

  async #contentOf(file: StoredFile): Promise<FileContent> {
    const { size } = await entry(file);
    // Another size is another content, without reading what may be many gigabytes.
    if (file.bytes !== null && size !== BigInt(file.bytes)) {
      return { stamp: await currentStamp(file), sha256: '' };
    }
    return this.#hash(file, Number(size)).catch((error: unknown) => {
      if (error instanceof SystolaError && error.code === 'not-found')
        throw missingFile(file.fileName, error);
      throw error;
    });
  }
}

async function currentStamp(file: StoredFile): Promise<string> {
  return stampOf(await entry(file));
}

async function entry(file: StoredFile) {
  try {
    return await stat(file.path, { bigint: true });
  } catch (error) {
    throw storedFileError(file.fileName, error);
  }
}
