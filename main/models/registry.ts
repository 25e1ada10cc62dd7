import { readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { ModelInfo } from '../../core/api/requests.ts';
import { SystolaError } from '../../core/error.ts';
import type { Message } from '../../core/language/message.ts';
import { fileError } from '../files/file-error.ts';
import { hashFile } from './bounded-file.ts';
import { contourHash } from './contour-hash.ts';
import { correctionProblem } from '../inference/correction-problem.ts';
import type { LoadedModel } from '../inference/loaded-model.ts';
import { readModelFolder, requireConsistent, requireCorrection, requireHash } from './model-folder.ts';

export type { LoadedModel } from '../inference/loaded-model.ts';

/**
 * The model folders of the application and of the user. A model is a folder with `manifest.json`, the graph that
 * it names and `card.md`; nothing else is known of it.
 */
export class ModelRegistry {
  readonly #folders: readonly string[];
  readonly #added: string | null;
  /** SHA-256 of graph files already read, by path, size and time of change. */
  readonly #hashes = new Map<string, Promise<string>>();

  /**
   * @param folders folders that hold model folders; of two models of one name, that of the first folder counts
   * @param added the folder of models that the user added; comes last
   */
  constructor(folders: readonly string[], added: string | null = null) {
    this.#added = added === null ? null : resolve(added);
    this.#folders = folders.filter((folder) => resolve(folder) !== this.#added);
  }

  /**
   * Every model folder with what is wrong with it, if anything; sorted by folder, then name. `active` marks the
   * first usable one, which is what `load(null)` gives.
   * @param verify also reads the graphs, as far as they have not been read, and compares their hashes
   */
  async list(verify = false): Promise<ModelInfo[]> {
    const models: ModelInfo[] = [];
    for (const { folder, origin } of await this.#modelFolders()) {
      const found = { folder, origin, active: false, byDefault: false };
      try {
        const model = await readModelFolder(folder);
        const { manifest, card, graphBytes } = model;
        const { name } = manifest;
        const problem = models.some((other) => other.name === name && other.manifest !== null)
          ? `Another model is called "${name}" and comes first.`
          : await this.#problemOf(model, verify);
        models.push({
          ...found,
          name,
          manifest,
          problem,
          correctionProblem: await this.#correctionProblemOf(model, verify),
          card,
          graphBytes,
          contourHash: contourHash(manifest),
        });
      } catch (error) {
        if (!(error instanceof SystolaError)) throw error;
        const name = basename(folder);
        models.push({
          ...found,
          name,
          manifest: null,
          problem: sentence(error, folder),
          correctionProblem: null,
          card: '',
          graphBytes: null,
          contourHash: null,
        });
      }
    }
    const active = models.findIndex(({ problem }) => problem === null);
    return models.map((model, index) => (index === active ? { ...model, active: true } : model));
  }

  /**
   * The model of that name, or the first usable one.
   * @throws SystolaError `model-not-found`, `model-invalid` or `model-hash-mismatch`, naming the folder
   */
  async load(name: string | null): Promise<LoadedModel> {
    const models = await this.list();
    const found =
      name === null
        ? (models.find(({ active }) => active) ?? models[0])
        : (models.find((model) => model.name === name && model.problem === null) ??
          models.find((model) => model.name === name));
    if (found === undefined) throw this.#notFound(name, models);
    // Reads it again: the folder may have changed, and its problem is thrown with its own code.
    const model = await readModelFolder(found.folder);
    requireConsistent(model, found.folder);
    requireHash(model, await this.#hash(model.graphPath));
    return model;
  }

  async #modelFolders(): Promise<{ folder: string; origin: ModelInfo['origin'] }[]> {
    const found: { folder: string; origin: ModelInfo['origin'] }[] = [];
    for (const parent of [...this.#folders, ...(this.#added === null ? [] : [this.#added])]) {
      // A folder for the user's models need not exist yet.
      const entries = await readdir(parent, { withFileTypes: true }).catch(() => []);
      const names = entries
        .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
        .map((entry) => entry.name)
        .filter((name) => !name.startsWith('.'));
      const origin = parent === this.#added ? 'added' : 'bundled';
      found.push(...names.sort().map((name) => ({ folder: join(parent, name), origin }) as const));
    }
    return found;
  }

  #notFound(name: string | null, models: readonly ModelInfo[]): SystolaError {
    if (name === null) {
      return new SystolaError(
        'model-not-found',
        `No model was found in ${this.#folders.join(', ')}. Put a model folder there.`,
      );
    }
    const known = models.map((model) => model.name).join(', ') || 'none';
    return new SystolaError('model-not-found', `There is no model "${name}". Models found: ${known}.`, name);
  }

  async #problemOf(model: LoadedModel, verify: boolean): Promise<string | null> {
    try {
      requireConsistent(model, model.folder);
      if (verify) requireHash(model, await this.#hash(model.graphPath));
      return null;
    } catch (error) {
      if (error instanceof SystolaError) return sentence(error, model.folder, `"${model.manifest.name}"`);
      return `The file of the model cannot be read (${(error as NodeJS.ErrnoException).code}).`;
    }
  }

  async #correctionProblemOf(model: LoadedModel, verify: boolean): Promise<Message | string | null> {
    try {
      await requireCorrection(model, model.folder, verify ? (path) => this.#hash(path) : null);
      return null;
    } catch (error) {
      if (!(error instanceof SystolaError)) throw error;
      return correctionProblem(error, model) ?? sentence(error, model.folder, `"${model.manifest.name}"`);
    }
  }

  async #hash(path: string): Promise<string> {
    const { size, mtimeMs, ino } = await stat(path).catch((error: unknown) => {
      throw fileError(error, path);
    });
    const key = `${path}\n${size}\n${mtimeMs}\n${ino}`;
    let hash = this.#hashes.get(key);
    if (hash === undefined) {
      hash = hashFile(path);
      hash.catch(() => this.#hashes.delete(key));
      this.#hashes.set(key, hash);
    }
    return hash;
  }
}

/** The message, with its file where none of the names in it says what it is about. */
function sentence({ message, file }: SystolaError, ...names: readonly string[]): string {
  return file === null || names.some((name) => message.includes(name)) ? message : `${file}: ${message}`;
}
