import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { RecogniserInfo } from '../../core/api/requests.ts';
import { SystolaError } from '../../core/error.ts';
import type { LoadedRecogniser } from '../inference/loaded-recogniser.ts';
import { hashFile } from './bounded-file.ts';
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

  /** What stands on the shelf, its graph compared with what its manifest names; null where nothing does. */
  async info(): Promise<RecogniserInfo | null> {
    try {
      const recogniser = await this.load();
      if (recogniser === null) return null;
      const { manifest, folder, graphPath } = recogniser;
      const sha256 = await hashFile(graphPath);
      const problem =
        sha256 === manifest.graph.sha256
          ? null
          : `Its graph is not the file that its manifest names (its SHA-256 is ${sha256}).`;
      return { name: manifest.name, version: manifest.version, folder, problem };
    } catch (error) {
      if (!(error instanceof SystolaError)) throw error;
      return { name: null, version: null, folder: null, problem: error.message };
    }
  }
}
