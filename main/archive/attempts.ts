import { appendFile, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileError } from '../files/file-error.ts';
import { folderDigits } from './shard.ts';
import { makeFolder } from '../files/make-folder.ts';

/** A study is not begun again after so many processes ended in the middle of it. */
export const mostAttempts = 3;

/**
 * How often a study was begun and not ended. A study that takes the process down, or whose machine is taken away each time
 * before it is done, must not keep its shard from ever ending.
 */
export class Attempts {
  readonly #folder: string;

  constructor(results: string) {
    this.#folder = join(results, 'attempts');
  }

  /** Attempts that did not end, before this one. */
  async begin(studyId: string): Promise<number> {
    const path = this.path(studyId);
    try {
      await makeFolder(dirname(path));
      const before = await stat(path).catch(() => null);
      // A byte each: what is appended by two processes at once is counted twice.
      await appendFile(path, '.');
      return before?.size ?? 0;
    } catch (error) {
      throw fileError(error, path);
    }
  }

  /** It ended, however it did; or was stopped by somebody, which says nothing about it. */
  async end(studyId: string): Promise<void> {
    await rm(this.path(studyId), { force: true });
  }

  path(studyId: string): string {
    return join(this.#folder, folderDigits(studyId), studyId);
  }
}
