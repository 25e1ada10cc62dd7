import { addStructure } from '../../core/structure/structure.ts';
import { type ModelInfo, type SessionInfo } from '../../core/api/requests.ts';
import type { SettingsChange } from '../../core/settings/settings-change.ts';
import { defaultSettings, type Settings } from '../../core/settings/settings.ts';
import type { LanguageInfo } from '../../core/api/language.ts';
import type { LibraryState } from '../../core/api/library-state.ts';
import { inEnglish } from '../../core/language/english.ts';
import { message } from '../../core/language/message.ts';
import { api, reasonOf } from '../api/client.ts';
import type { Connection } from '../api/event-stream.ts';
import { setFrameBudget } from '../imaging/cornerstone.ts';
import { language } from '../words/language.svelte.ts';
import { report } from './messages.svelte.ts';
import { NewestAnswer } from './newest-answer.ts';
import { SettingsChanges } from './settings-changes.ts';

const mebibyte = 1024 * 1024;

/** What belongs to the window as a whole: host, settings, models, connection. */
class Session {
  /** Null until the application has answered: before that, that no models are known says nothing. */
  info = $state.raw<SessionInfo | null>(null);
  /** Whether the library can be written, and what has to be known about it. */
  library = $state.raw<LibraryState | null>(null);
  settings = $state.raw<Settings>(defaultSettings);
  readonly #changes = new SettingsChanges(
    defaultSettings,
    (change) => api.saveSettings(change),
    (settings) => {
      if (settings.frameCacheMiB !== this.settings.frameCacheMiB)
        setFrameBudget(settings.frameCacheMiB * mebibyte);
      if (settings.language !== this.settings.language) void this.#speak(settings.language);
      this.settings = settings;
    },
  );
  models = $state.raw<readonly ModelInfo[]>([]);
  /** What can be chosen, as far as it was asked for. */
  languages = $state.raw<readonly LanguageInfo[]>([]);
  connection = $state<Connection>('open');
  /** Counts how often Systola came back: what failed meanwhile is asked for again. */
  returns = $state(0);

  /** The model that runs use; null when none can be used. */
  readonly activeModel = $derived(this.models.find((model) => model.active && !model.problem) ?? null);

  async load(): Promise<void> {
    const [info, settings, models] = await Promise.all([api.session(), api.settings(), api.models()]);
    // Before anything else, so that nothing is seen in another language first.
    if (settings.language !== this.settings.language) await this.#speak(settings.language);
    for (const structure of info.structures) addStructure(structure);
    this.info = info;
    this.library ??= info.library;
    setFrameBudget(settings.frameCacheMiB * mebibyte);
    this.#changes.read(settings);
    this.models = models;
  }

  /** Hashes are compared in every list once a list with compared hashes was asked for. */
  #verified = false;

  readonly #modelAnswers = new NewestAnswer();

  /** Reads the models and which one is in use again. */
  async reloadModels(verify = this.#verified): Promise<void> {
    this.#verified = verify;
    const answer = await this.#modelAnswers.ask(() => Promise.all([api.settings(), api.models(verify)]));
    if (answer === null) return;
    const [settings, models] = answer;
    this.#changes.read({ model: settings.model });
    this.models = models;
  }

  /** Reads the languages again: whoever writes one sees what became of it. */
  async reloadLanguages(): Promise<void> {
    try {
      this.languages = await api.languages();
    } catch (error) {
      report('error', message('settings.languages-not-read', { reason: reasonOf(error) }));
    }
  }

  readonly #languageAnswers = new NewestAnswer();

  /** Puts the window into a language; into English where its file cannot be had. */
  async #speak(tag: string): Promise<void> {
    try {
      const answer = await this.#languageAnswers.ask(async () => ({
        file: tag === inEnglish.tag ? null : await api.language(tag),
      }));
      if (answer !== null) language.use(answer.file);
    } catch (error) {
      language.use(null);
      report('error', message('settings.in-english', { reason: reasonOf(error) }));
    }
  }

  /** Remembers something of the layout, or forgets it (null); of no weight, so that a failure says nothing. */
  remember(name: string, value: string | number | boolean | null): void {
    if (this.info === null || (this.settings.layout[name] ?? null) === value) return;
    void this.#changes.change({ remember: { [name]: value } }).catch(() => undefined);
  }

  /** The page goes: nothing that was to be remembered goes with it. */
  leave(): void {
    this.#changes.sendWaiting();
  }

  /** Takes over settings that were changed, perhaps by another window. */
  receive(settings: Settings): void {
    if (this.info !== null) this.#changes.read(settings);
  }

  /** Takes effect at once and is then saved; what cannot be saved is taken back. */
  async change(change: SettingsChange): Promise<boolean> {
    try {
      await this.#changes.change(change);
      if ('model' in change || 'provider' in change) {
        this.models = (await this.#modelAnswers.ask(() => api.models(this.#verified))) ?? this.models;
      }
      return true;
    } catch (error) {
      report('error', message('settings.not-saved', { reason: reasonOf(error) }));
      return false;
    }
  }
}

export const session = new Session();
