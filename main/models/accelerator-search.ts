import type { ProviderName } from '../../core/settings/settings.ts';
import { SystolaError } from '../../core/error.ts';
import type { InferenceService } from '../inference/inference-service.ts';
import type { LoadedModel } from '../inference/loaded-model.ts';

/**
 * Whether this machine has an accelerator that is worth the accurate model: one that runs it faster than the
 * processor does. Looked for until there is an answer, which holds for the launch.
 */
export class AcceleratorSearch {
  readonly #inference: Pick<InferenceService, 'accelerator'>;
  readonly #searches = new Map<string, Promise<boolean>>();
  readonly #results = new Map<string, boolean>();

  constructor(inference: Pick<InferenceService, 'accelerator'>) {
    this.#inference = inference;
  }

  /** What is known without looking; null before a search has ended. */
  known(provider: ProviderName, sha256: string): boolean | null {
    // Who names a provider has decided.
    if (provider !== 'auto') return provider !== 'cpu';
    return this.#results.get(sha256) ?? null;
  }

  /** Looks for one, by loading the model on each that this platform may have. */
  async find(provider: ProviderName, model: LoadedModel): Promise<boolean> {
    const { sha256 } = model.manifest.graph;
    const known = this.known(provider, sha256);
    if (known !== null) return known;
    let search = this.#searches.get(sha256);
    if (search === undefined) {
      // What came of it is among the results; a search that broke off is made again when it is asked for.
      search = this.#search(model).finally(() => this.#searches.delete(sha256));
      this.#searches.set(sha256, search);
    }
    return search;
  }

  async #search(model: LoadedModel): Promise<boolean> {
    const { sha256 } = model.manifest.graph;
    let found = false;
    try {
      found = (await this.#inference.accelerator(model, new AbortController().signal)) !== null;
    } catch (error) {
      // A model that does not run is no reason to prefer it; its run will say why.
      if (!(error instanceof SystolaError)) throw error;
    }
    this.#results.set(sha256, found);
    return found;
  }
}
