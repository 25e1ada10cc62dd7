import { open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { SystolaError } from '../../core/error.ts';
import { isCheckpoint } from '../../core/model/checkpoint-name.ts';
import { ownerTag } from '../files/abandoned.ts';
import { fileError } from '../files/file-error.ts';
import { modelFileLimits, openBounded } from './bounded-file.ts';
import { checkpointRefusal } from './checkpoint-refusal.ts';
import { addingPrefix, sweepHiddenFolders } from './hidden-folders.ts';
import { cardName, manifestName, readManifest } from './model-folder.ts';
import { receiveFile } from './receive-file.ts';
import { makeFolder } from '../files/make-folder.ts';

/**
 * A copy of a model folder that is not a model yet: beside the user's models under a name that no list shows, so
 * that one rename makes it one. What is checked is this copy, and what is checked is what is installed.
 */
export class StagedModel {
  readonly folder: string;
  readonly #parent: string;
  readonly #abort = new AbortController();

  private constructor(parent: string) {
    this.#parent = parent;
    this.folder = join(parent, `${addingPrefix}${ownerTag()}`);
  }

  /** @throws SystolaError `unreadable` or `disk-full` when the user's folder cannot be written */
  static async in(parent: string): Promise<StagedModel> {
    const staged = new StagedModel(parent);
    try {
      await makeFolder(staged.folder, 0o700);
    } catch (error) {
      throw fileError(error, parent);
    }
    await sweepHiddenFolders(parent);
    return staged;
  }

  /** Ends what is being received; what comes after it is refused. */
  cancel(): void {
    this.#abort.abort();
  }

  /**
   * Takes the manifest, the card and the graphs of a folder on this computer, and nothing else in it.
   * @throws SystolaError `model-is-checkpoint`, `model-not-found`, `model-invalid`, `not-found`, `too-large`,
   *   `unreadable`, `disk-full`, `cancelled`
   */
  async copy(folder: string, signal: AbortSignal): Promise<void> {
    const { graph, correction } = await readManifest(folder);
    // A manifest that names one file for both is refused when the copy is checked.
    const graphs = new Set([graph.file, ...(correction === undefined ? [] : [correction.file])]);
    for (const name of [manifestName, cardName, ...graphs]) {
      const source = join(folder, name);
      const file = await openBounded(source, limitOf(name));
      if (file === null) continue;
      try {
        const stream = file.createReadStream({ autoClose: false });
        const cancelled = AbortSignal.any([signal, this.#abort.signal]);
        const options = { limit: limitOf(name), shownAs: source, signal: cancelled };
        await receiveFile(stream, join(this.folder, name), options);
      } finally {
        await file.close();
      }
    }
  }

  /**
   * Takes one uploaded file.
   * @param name may hold folders, as a browser gives it
   * @throws SystolaError `model-is-checkpoint`, `bad-request`, `too-large`, `disk-full`, `unreadable`, `cancelled`
   */
  async receive(name: string, body: Readable): Promise<void> {
    const file = name.split(/[\\/]/).at(-1) ?? '';
    try {
      if (isCheckpoint(file)) throw checkpointRefusal(name);
      if (file !== manifestName && file !== cardName && !/^[A-Za-z0-9][A-Za-z0-9._-]*\.onnx$/.test(file)) {
        const message = `A model folder has ${manifestName}, ${cardName} and ONNX files; "${file}" is none of them.`;
        throw new SystolaError('bad-request', message, name);
      }
      if (await exists(join(this.folder, file))) {
        throw new SystolaError('bad-request', `"${file}" was given twice.`, name);
      }
    } catch (error) {
      body.destroy();
      throw error;
    }
    const options = { limit: limitOf(file), shownAs: name, signal: this.#abort.signal };
    await receiveFile(body, join(this.folder, file), options);
  }

  /**
   * Makes it a model of the user's, whole or not at all.
   * @param name a name of the manifest's form
   * @returns the model's folder
   * @throws SystolaError `model-name-taken` when there is a folder of that name
   */
  async publish(name: string): Promise<string> {
    const target = join(this.#parent, name);
    try {
      // Renaming onto an empty folder would succeed.
      if (await exists(target)) throw folderTaken(target);
      await flushFolder(this.folder);
      await rename(this.folder, target);
      await flushFolder(this.#parent);
      return target;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOTEMPTY' || code === 'EEXIST') throw folderTaken(target);
      throw fileError(error, target);
    }
  }

  /** Throws it away; does nothing when it was published. */
  async discard(): Promise<void> {
    this.cancel();
    await rm(this.folder, { recursive: true, force: true });
  }
}

function limitOf(name: string): number {
  if (name === manifestName) return modelFileLimits.manifest;
  return name === cardName ? modelFileLimits.card : modelFileLimits.graph;
}

function folderTaken(target: string): SystolaError {
  const message = 'There is a folder of that name among your models. Remove it first.';
  return new SystolaError('model-name-taken', message, target);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
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
