import { basename } from 'node:path';
import type { ModelInfo, ModelTrial } from '../../core/api/requests.ts';
import type { ProviderName, Settings } from '../../core/settings/settings.ts';
import { SystolaError } from '../../core/error.ts';
import { accurateRival, defaultModel } from '../../core/model/default-model.ts';
import { Turns } from '../inference/turns.ts';
import type { AcceleratorSearch } from './accelerator-search.ts';
import { checkModel } from './check-model.ts';
import { takeAway } from './hidden-folders.ts';
import type { LoadedModel } from '../inference/loaded-model.ts';
import type { ModelRegistry } from './registry.ts';

export interface ModelShelfOptions {
  readonly registry: ModelRegistry;
  readonly accelerators: AcceleratorSearch;
  settings(): Settings;
  /** Stores the choice of a model that has passed its checks. */
  choose(name: string | null, model: LoadedModel | null): Settings;
  /** Whether a run with the model is waiting or going on. */
  isRunning(name: string): boolean;
  onRemoved(model: ModelInfo): void;
  /** The list or the model in use is not what it was. */
  onChange(): void;
}

/**
 * Which model runs use, and changing that. A model is switched to only after it has passed every check; when it
 * does not, the one before stays in use.
 */
export class ModelShelf {
  readonly #options: ModelShelfOptions;
  readonly #turns = new Turns();
  readonly #closing = new AbortController();
  /** Hashes of the graphs that an accelerator is being looked for with, to be told of. */
  readonly #searching = new Set<string>();

  constructor(options: ModelShelfOptions) {
    this.#options = options;
  }

  /**
   * Every model folder, the one in use marked. While it is not known whether there is an accelerator, the fast
   * model is the default, and the search goes on in the background.
   * @param verify also compares the hashes of the graphs
   */
  async list(verify = false): Promise<ModelInfo[]> {
    const { registry, settings } = this.#options;
    const models = await registry.list(verify);
    const { model: chosen, provider } = settings();
    const known = this.#acceleratorKnown(models, provider);
    const byDefault = defaultModel(models, known === true);
    if (known === null && chosen === null) this.#tellWhenFound(models, provider);
    return models.map((model) => ({
      ...model,
      byDefault: model === byDefault,
      active: model.problem === null && (chosen === null ? model === byDefault : model.name === chosen),
    }));
  }

  /**
   * The model of that name; for null the default on a provider.
   * @throws SystolaError `model-not-found`, `model-invalid` or `model-hash-mismatch`, naming the folder
   */
  async load(name: string | null, provider: ProviderName): Promise<LoadedModel> {
    const { registry } = this.#options;
    if (name !== null) return registry.load(name);
    const found = await this.#default(provider);
    return registry.load(found?.name ?? null);
  }

  /**
   * Runs every check on one of the models, told by its folder: several may have one name.
   * @throws SystolaError with what is wrong
   */
  async trial(folder: string, signal: AbortSignal): Promise<ModelTrial> {
    const found = (await this.#options.registry.list()).find((model) => model.folder === folder);
    if (found === undefined) {
      throw new SystolaError('model-not-found', 'There is no such model any more. Look at the list again.', folder);
    }
    const { trial } = await checkModel(found.folder, { signal: this.#untilClosed(signal) });
    return trial;
  }

  /**
   * Runs use this model from now on, or for null the default; runs that are waiting or going on keep theirs.
   * @throws SystolaError with what is wrong with the model; the one in use stays then
   */
  async use(name: string | null, signal: AbortSignal): Promise<Settings> {
    const { settings, choose, onChange } = this.#options;
    const until = this.#untilClosed(signal);
    return this.alone(until, async () => {
      const wanted = name ?? (await this.#default(settings().provider))?.name ?? null;
      // Without any model that could be the default there is nothing to check, and nothing to refuse.
      const checked = wanted === null ? null : await checkModel(await this.#folderOf(wanted), { signal: until, correction: false });
      const stored = choose(name, checked?.model ?? null);
      onChange();
      return stored;
    });
  }

  /**
   * Removes a model that the user added.
   * @param folderName name of its folder, in the user's folder of models
   * @throws SystolaError `not-found`, `model-in-use`
   */
  async remove(folderName: string, signal: AbortSignal): Promise<void> {
    const { isRunning, onRemoved, onChange } = this.#options;
    await this.alone(this.#untilClosed(signal), async () => {
      const models = await this.list();
      const model = models.find(
        ({ folder, origin }) => origin === 'added' && basename(folder) === folderName,
      );
      if (model === undefined) {
        throw new SystolaError('not-found', 'None of the models that you added is there.', folderName);
      }
      if (model.active || (model.problem === null && isRunning(model.name))) {
        const message = model.active
          ? 'It is in use. Use another model first.'
          : 'A run with it is waiting or going on. Let it end, or cancel it first.';
        throw new SystolaError('model-in-use', message, model.folder);
      }
      await takeAway(model.folder);
      onRemoved(model);
      onChange();
    });
  }

  /** Calls off the check that is going on, and waits until nothing changes the models any more. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#turns.take(new AbortController().signal, async () => undefined);
  }

  /** Lets one change of the models happen at a time. */
  async alone<Result>(signal: AbortSignal, change: () => Promise<Result>): Promise<Result> {
    try {
      return await this.#turns.take(signal, change);
    } catch (error) {
      if (error instanceof SystolaError || !signal.aborted) throw error;
      throw new SystolaError('cancelled', 'It was cancelled; the models are as they were.');
    }
  }

  async #default(provider: ProviderName): Promise<ModelInfo | null> {
    // Hashes compared: a damaged model is no default, as the list that compares them says too.
    const models = await this.#options.registry.list(true);
    return defaultModel(models, await this.#acceleratorFound(models, provider));
  }

  #acceleratorKnown(models: readonly ModelInfo[], provider: ProviderName): boolean | null {
    const rival = accurateRival(models);
    if (rival === null || rival.manifest === null) return false;
    return this.#options.accelerators.known(provider, rival.manifest.graph.sha256);
  }

  async #acceleratorFound(models: readonly ModelInfo[], provider: ProviderName): Promise<boolean> {
    const known = this.#acceleratorKnown(models, provider);
    if (known !== null) return known;
    const { registry, accelerators } = this.#options;
    const rival = accurateRival(models);
    try {
      return rival !== null && (await accelerators.find(provider, await registry.load(rival.name)));
    } catch (error) {
      // An accurate model that is damaged leaves the fast one.
      if (error instanceof SystolaError) return false;
      throw error;
    }
  }

  /** However often the list is read during a search, the change at its end is told once. */
  #tellWhenFound(models: readonly ModelInfo[], provider: ProviderName): void {
    const rival = accurateRival(models)?.manifest?.graph.sha256;
    if (rival === undefined || this.#searching.has(rival)) return;
    this.#searching.add(rival);
    void this.#acceleratorFound(models, provider)
      .finally(() => this.#searching.delete(rival))
      .then(
        (found) => found && this.#options.onChange(),
        // The run that needs the model says it.
        () => undefined,
      );
  }

  #untilClosed(signal: AbortSignal): AbortSignal {
    return AbortSignal.any([signal, this.#closing.signal]);
  }

  async #folderOf(name: string): Promise<string> {
    const models = (await this.#options.registry.list()).filter((model) => model.name === name);
    const found = models.find(({ problem }) => problem === null) ?? models[0];
    if (found !== undefined) return found.folder;
    throw new SystolaError(
      'model-not-found',
      `There is no model "${name}". Add its folder, or choose another one.`,
      name,
    );
  }
}
