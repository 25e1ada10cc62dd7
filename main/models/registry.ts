import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { ModelInfo } from '../../core/api/requests.ts';
import { SystolaError } from '../../core/error.ts';
import { modelManifestSchema, type ModelManifest } from '../../core/model/manifest.ts';

/** A model whose manifest is valid and whose graph is the file that the manifest names. */
export interface LoadedModel {
  readonly manifest: ModelManifest;
  readonly folder: string;
  readonly graphPath: string;
  /** Text of card.md, empty when there is none. */
  readonly card: string;
}

/** Manifests and cards are short; anything longer is not one. */
const longestText = 1_000_000;

/**
 * The model folders of the application and of the user. A model is a folder with `manifest.json`, the graph that
 * it names and `card.md`; nothing else is known of it.
 */
export class ModelRegistry {
  readonly #folders: readonly string[];
  /** SHA-256 of graph files already read, by path, size and time of change. */
  readonly #hashes = new Map<string, Promise<string>>();

  /** @param folders folders that hold model folders; of two models of one name, that of the first folder counts */
  constructor(folders: readonly string[]) {
    this.#folders = folders;
  }

  /**
   * Every model folder with what is wrong with it, if anything; sorted by folder, then name. Graphs are looked
   * for but not read; `load` does that. `active` marks the model that `load(null)` gives.
   */
  async list(): Promise<ModelInfo[]> {
    const models: ModelInfo[] = [];
    for (const folder of await this.#modelFolders()) {
      try {
        const { manifest, card } = await readModelFolder(folder);
        const problem = models.some(({ name }) => name === manifest.name)
          ? `Another model is called "${manifest.name}" and comes first.`
          : null;
        models.push({ name: manifest.name, folder, manifest, problem, card, active: false });
      } catch (error) {
        if (!(error instanceof SystolaError)) throw error;
        const name = basename(folder);
        models.push({ name, folder, manifest: null, problem: error.message, card: '', active: false });
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
    const sha256 = await this.#hash(model.graphPath);
    if (sha256 !== model.manifest.graph.sha256) {
      throw new SystolaError(
        'model-hash-mismatch',
        `The file of the model "${model.manifest.name}" is not the one its manifest names ` +
          `(its SHA-256 is ${sha256}). Put back the original model folder.`,
        model.graphPath,
      );
    }
    return model;
  }

  async #modelFolders(): Promise<string[]> {
    const found: string[] = [];
    for (const folder of this.#folders) {
      // A folder for the user's models need not exist yet.
      const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
      const names = entries
        .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
        .map((entry) => entry.name)
        .filter((name) => !name.startsWith('.'));
      found.push(...names.sort().map((name) => join(folder, name)));
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

  async #hash(path: string): Promise<string> {
    const { size, mtimeMs, ino } = await stat(path);
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

/** @throws SystolaError `model-not-found` or `model-invalid` */
async function readModelFolder(folder: string): Promise<LoadedModel> {
  const manifestPath = join(folder, 'manifest.json');
  const invalid = (reason: string): SystolaError =>
    new SystolaError('model-invalid', `The model folder ${folder} cannot be used: ${reason}.`, manifestPath);
  const text = await readText(manifestPath);
  if (text === null) {
    throw new SystolaError('model-not-found', `The folder ${folder} has no readable manifest.json.`, folder);
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw invalid('manifest.json is not JSON');
  }
  const parsed = modelManifestSchema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw invalid(`manifest.json: ${issue?.path.join('.') || 'it'}: ${issue?.message ?? 'is not valid'}`);
  }
  const manifest = parsed.data;
  if (!manifest.graph.state.some(({ name }) => name === manifest.graph.maskState)) {
    throw invalid(`manifest.json: graph.maskState "${manifest.graph.maskState}" is not a state tensor`);
  }
  const graphPath = join(folder, manifest.graph.file);
  const isFile = await stat(graphPath).then(
    (found) => found.isFile(),
    () => false,
  );
  if (!isFile) {
    throw new SystolaError('model-not-found', `The model folder ${folder} has no ${manifest.graph.file}.`, graphPath);
  }
  return { manifest, folder, graphPath, card: (await readText(join(folder, 'card.md'))) ?? '' };
}

async function readText(path: string): Promise<string | null> {
  try {
    if ((await stat(path)).size > longestText) return null;
    return await readFile(path, 'utf8');
  } catch {
    return null;
  }
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
