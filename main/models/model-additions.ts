import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import { isDeepStrictEqual } from 'node:util';
import type { ModelAddition, ModelInfo } from '../../core/api/requests.ts';
import { SystolaError } from '../../core/error.ts';
import type { ModelManifest } from '../../core/model/manifest.ts';
import { checkModel } from './check-model.ts';
import type { LoadedModel } from '../inference/loaded-model.ts';
import { StagedModel } from './staged-model.ts';

export interface ModelAdditionsOptions {
  /** The user's folder of models; created when the first is added. */
  readonly folder: string;
  /** Every model folder that there is, hashes compared. */
  list(): Promise<readonly ModelInfo[]>;
  /** Lets one change of the models happen at a time. */
  alone<Result>(signal: AbortSignal, change: () => Promise<Result>): Promise<Result>;
  onAdded(model: LoadedModel): void;
}

interface Upload {
  readonly staged: StagedModel;
  /** The folder as the browser names it. */
  shownAs: string;
  /** Files are taken one after the other, however many are sent at once. */
  queue: Promise<void>;
}

/** More than a person uploads at once; the oldest is thrown away then. */
const uploadsAtOnce = 3;

/**
 * Adds model folders to the user's: a copy is made, checked in full, and becomes a model by one rename. A folder
 * that is refused leaves nothing behind, and no model that was there before is touched.
 */
export class ModelAdditions {
  readonly #options: ModelAdditionsOptions;
  readonly #uploads = new Map<string, Upload>();
  readonly #closing = new AbortController();

  constructor(options: ModelAdditionsOptions) {
    this.#options = options;
  }

  /** Adds a folder of this computer. @throws SystolaError with what is wrong with it */
  async addFolder(path: string, signal: AbortSignal): Promise<ModelAddition> {
    const staged = await StagedModel.in(this.#options.folder);
    try {
      await staged.copy(path, AbortSignal.any([signal, this.#closing.signal]));
      return await this.#adopt(staged, path, signal);
    } finally {
      await staged.discard();
    }
  }

  async startUpload(): Promise<{ additionId: string }> {
    while (this.#uploads.size >= uploadsAtOnce) await this.cancel([...this.#uploads.keys()][0]!);
    const additionId = randomUUID();
    const staged = await StagedModel.in(this.#options.folder);
    this.#uploads.set(additionId, { staged, shownAs: 'uploaded folder', queue: Promise.resolve() });
    return { additionId };
  }

  /** Takes one file of an upload. @throws SystolaError `not-found`, and why the file is not taken */
  async receive(additionId: string, name: string, body: Readable): Promise<void> {
    const upload = this.#uploads.get(additionId);
    if (upload === undefined) {
      body.destroy();
      throw noUpload();
    }
    upload.shownAs = name.split('/').length > 1 ? name.split('/').slice(0, -1).join('/') : upload.shownAs;
    const received = upload.queue.then(() => upload.staged.receive(name, body));
    upload.queue = received.catch(() => undefined);
    await received;
  }

  /** All files are there. @throws SystolaError with what is wrong with the folder; the upload is gone then too */
  async finish(additionId: string, signal: AbortSignal): Promise<ModelAddition> {
    const upload = this.#uploads.get(additionId);
    if (upload === undefined) throw noUpload();
    this.#uploads.delete(additionId);
    try {
      await upload.queue;
      return await this.#adopt(upload.staged, upload.shownAs, signal);
    } finally {
      await upload.staged.discard();
    }
  }

  async cancel(additionId: string): Promise<void> {
    const upload = this.#uploads.get(additionId);
    if (upload === undefined) return;
    this.#uploads.delete(additionId);
    upload.staged.cancel();
    // A folder that is still written to may not go whole.
    await upload.queue;
    await upload.staged.discard();
  }

  /** Calls off what is being added. */
  async close(): Promise<void> {
    this.#closing.abort();
    for (const additionId of [...this.#uploads.keys()]) await this.cancel(additionId);
  }

  async #adopt(staged: StagedModel, shownAs: string, signal: AbortSignal): Promise<ModelAddition> {
    const { list, alone, onAdded } = this.#options;
    const until = AbortSignal.any([signal, this.#closing.signal]);
    return alone(until, async () => {
      const { model } = await checkModel(staged.folder, { signal: until, shownAs });
      const { name } = model.manifest;
      const existing = (await list()).find((other) => other.name === name);
      if (existing !== undefined) {
        // A threshold or a calibration may be new while the graph is the same.
        const same = existing.problem === null && isDeepStrictEqual(existing.manifest, model.manifest);
        if (same) return { outcome: 'already-there', name };
        throw nameTaken(model.manifest, existing, shownAs);
      }
      const folder = await staged.publish(name);
      onAdded({ ...model, folder });
      return { outcome: 'added', name };
    });
  }
}

function nameTaken({ name, graph }: ModelManifest, existing: ModelInfo, shownAs: string): SystolaError {
  const sameGraph = existing.manifest?.graph.sha256 === graph.sha256;
  const sound = sameGraph ? 'a model with this graph and another manifest' : 'another model';
  const other = existing.problem === null ? sound : 'a damaged model';
  const advice =
    existing.origin === 'added'
      ? 'Remove that one first, or give the new one another "name" in its manifest.json.'
      : 'It comes with Systola. Give the new one another "name" in its manifest.json.';
  return new SystolaError('model-name-taken', `There is ${other} called "${name}". ${advice}`, shownAs);
}

function noUpload(): SystolaError {
  return new SystolaError('not-found', 'This upload has ended. Add the folder again.');
}
