import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { LoadedRecogniser } from '../inference/loaded-recogniser.ts';
import { readRecogniserFolder } from './recogniser-folder.ts';

/** The recognisers of views that come with the application; without one views are told by file and reader alone. */
export class RecogniserShelf {
  readonly #folders: readonly string[];

  /** @param folders folders that hold folders of recognisers; they need not exist */
  constructor(folders: readonly string[]) {
    this.#folders = folders;
  }

  /**
   * The recogniser in use, the first by folder and name; null where there is none. Read anew each time, because a folder
   * may have been put back meanwhile.
   *
   * @throws SystolaError as {@link readRecogniserFolder}, for one that is there and cannot be used
   */
  async load(): Promise<LoadedRecogniser | null> {
    for (const parent of this.#folders) {
      const entries = await readdir(parent, { withFileTypes: true }).catch(() => []);
      const [first] = entries
        .filter((entry) => (entry.isDirectory() || entry.isSymbolicLink()) && !entry.name.startsWith('.'))
        .map(({ name }) => name)
        .sort();
      if (first !== undefined) return readRecogniserFolder(join(parent, first));
    }
    return null;
  }
}
