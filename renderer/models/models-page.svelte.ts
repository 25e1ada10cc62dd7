import { isGoing } from '../../core/api/events.ts';
import type { ModelAddition, ModelInfo, RecogniserInfo } from '../../core/api/requests.ts';
import { isMeasurable } from '../../core/clip/view.ts';
import { isMadeBy } from '../../core/review/made-by.ts';
import { message } from '../../core/language/message.ts';
import { api, reasonOf } from '../api/client.ts';
import { dialogs } from '../dialogs/dialogs.svelte.ts';
import { report } from '../state/messages.svelte.ts';
import { session } from '../state/session.svelte.ts';
import { inWords, type Words } from '../words/language.svelte.ts';
import { workspace } from '../state/workspace.svelte.ts';
import { addressOf, chooseModelFolder, filesToSend, type ChosenFolder } from './choose-model-folder.ts';
import { refusalWords } from './model-words.ts';

/** What came of the last thing that was asked for, in words. */
export interface Outcome {
  readonly kind: 'done' | 'refused';
  readonly text: Words;
}

/** What the models page shows and does: which model is looked at, what is under way, how the last step ended. */
class ModelsPage {
  /** Folder of the model that is looked at; null for the one in use. */
  #selected = $state<string | null>(null);
  /** What is going on, for a person; null when nothing is. */
  busy = $state.raw<Words | null>(null);
  /** Calls off what is going on; null when nothing is, or when it cannot be called off. */
  #calledOff = $state.raw<AbortController | null>(null);
  readonly cancellable = $derived(this.#calledOff !== null);
  outcome = $state.raw<Outcome | null>(null);
  /** Folder of the model that is about to be removed. */
  confirming = $state<string | null>(null);
  /** Why the list could not be read. */
  unreadable = $state.raw<Words | null>(null);
  /** What recognises views; null where nothing does, undefined until that is known. */
  recogniser = $state.raw<RecogniserInfo | null | undefined>(undefined);

  readonly selected = $derived(
    session.models.find(({ folder }) => folder === this.#selected) ??
      session.models.find(({ active }) => active) ??
      session.models[0] ??
      null,
  );
  /** The model that was chosen and cannot be used, by name. */
  readonly missing = $derived(
    session.settings.model !== null && session.activeModel === null ? session.settings.model : null,
  );
  /** Clips of the open study whose contours another model made, or this one with another threshold or calibration. */
  readonly otherwiseTraced = $derived.by(() => {
    const { study } = workspace;
    const { manifest, contourHash } = session.activeModel ?? {};
    if (!study || !manifest || !contourHash) return [];
    const maker = { sha256: manifest.graph.sha256, contourHash };
    return study.clips.filter(({ sopInstanceUid, bMode }) => {
      const { run } = study.review.clips[sopInstanceUid] ?? {};
      const view = study.measured.clips[sopInstanceUid]?.view;
      if (!run || !view || !bMode || !isMeasurable(view)) return false;
      return !isMadeBy(run, maker) && !isGoing(study.runs[sopInstanceUid]);
    });
  });

  select(folder: string): void {
    this.#selected = folder;
    this.outcome = null;
    this.confirming = null;
  }

  /** Reads the list anew, hashes compared, when the page opens. */
  async open(): Promise<void> {
    this.#selected = null;
    this.outcome = null;
    this.confirming = null;
    try {
      [this.recogniser] = await Promise.all([api.recogniser(), session.reloadModels(true)]);
      this.unreadable = null;
    } catch (error) {
      this.unreadable = reasonOf(error);
    }
  }

  async use(model: ModelInfo): Promise<void> {
    await this.#checked(message('models.checking', { name: model.name }), model, async (signal) => {
      await api.useModel(model.name, signal);
      return message('models.used', { name: model.name });
    });
  }

  async useDefault(): Promise<void> {
    await this.#checked(message('models.checking-default'), null, async (signal) => {
      await api.useModel(null, signal);
      await session.reloadModels();
      this.#selected = null;
      const { activeModel } = session;
      return activeModel === null
        ? message('models.used-default.none')
        : message('models.used-default', { name: activeModel.name });
    });
  }

  async check(model: ModelInfo): Promise<void> {
    await this.#checked(message('models.checking', { name: model.name }), model, async (signal) => {
      const { msPerFrame } = await api.tryModel(model.folder, signal);
      const speed = message(msPerFrame < 10 ? 'number.d1' : 'number.d0', { value: msPerFrame });
      return message('models.checked', { speed });
    });
  }

  async add(): Promise<void> {
    const chosen = await chooseModelFolder();
    if (chosen === null) return;
    await this.#checked(message('models.adding'), null, async (signal) => {
      const { outcome, name } = await this.#send(chosen, signal);
      await session.reloadModels();
      this.#selected = session.models.find((model) => model.name === name)?.folder ?? this.#selected;
      return outcome === 'added'
        ? message('models.was-added', { name })
        : message('models.is-there', { name });
    });
  }

  async remove(model: ModelInfo): Promise<void> {
    this.confirming = null;
    await this.#work(message('models.removing', { name: model.name }), model, async () => {
      await api.removeModel(model.folder.split(/[\\/]/).at(-1) ?? '');
      return message('models.removed', { name: model.name });
    });
  }

  /** Runs the model in use over the open study's clips that another one traced. */
  async retrace(): Promise<void> {
    const { study } = workspace;
    const clips = this.otherwiseTraced;
    if (!study) return;
    await this.#work(message('models.starting-runs'), null, async () => {
      for (const { sopInstanceUid } of clips) await study.startRun(sopInstanceUid);
      return message('models.retraced', { count: clips.length });
    });
  }

  /** Calls off the check or the addition that is going on. */
  cancel(): void {
    this.#calledOff?.abort();
  }

  async #send(chosen: ChosenFolder, signal: AbortSignal): Promise<ModelAddition> {
    if ('path' in chosen) return api.addModel(chosen.path, signal);
    const files = await filesToSend(chosen.files);
    if (files.length === 0) {
      throw new Error(inWords(message('models.no-manifest')));
    }
    const { additionId } = await api.startModelUpload();
    try {
      for (const file of files) await api.uploadModelFile(additionId, addressOf(file), file, signal);
    } catch (error) {
      await api.cancelModelUpload(additionId).catch(() => undefined);
      throw error;
    }
    return api.finishModelUpload(additionId, signal);
  }

  /** Work that ends at once when it is called off, with the models as they were. */
  async #checked(
    words: Words,
    asked: ModelInfo | null,
    work: (signal: AbortSignal) => Promise<Words>,
  ): Promise<void> {
    if (this.busy !== null) return;
    const calledOff = new AbortController();
    this.#calledOff = calledOff;
    await this.#work(words, asked, async () => {
      try {
        return await work(calledOff.signal);
      } catch (error) {
        if (!calledOff.signal.aborted) throw error;
        return message('models.cancelled');
      } finally {
        this.#calledOff = null;
      }
    });
  }

  async #work(words: Words, asked: ModelInfo | null, work: () => Promise<Words>): Promise<void> {
    if (this.busy !== null) return;
    this.busy = words;
    this.outcome = null;
    let done: Words = '';
    let error: Error | null = null;
    try {
      done = await work();
    } catch (caught) {
      error = caught as Error;
    }
    // What is there, and what is in use, may have changed even where the step failed.
    await session.reloadModels().catch(() => undefined);
    this.outcome =
      error === null
        ? { kind: 'done', text: done }
        : { kind: 'refused', text: refusalWords(error, asked, session.activeModel) };
    this.busy = null;
    // Who has closed the page meanwhile hears of it all the same.
    if (dialogs.open !== 'model') report(error === null ? 'information' : 'error', this.outcome.text);
  }
}

export const modelsPage = new ModelsPage();
