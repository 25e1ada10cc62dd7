import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { mostRefusedListed, type ExportRequest, type ExportState } from '../../core/api/exports.ts';
import { choicesByTag } from '../../core/deidentify/attribute-choices.ts';
import { isDeidentified, isFormatFor } from '../../core/export/identity.ts';
import { SystolaError } from '../../core/error.ts';
import { exportArchiveName } from '../../core/export/archive-name.ts';
import { chosenFormats, exporters } from '../export/exporters.ts';
import { StagedOutput } from '../files/staged-output.ts';
import type { ClipMasks } from './clip-masks.ts';
import { Deidentification } from './deidentification.ts';
import { ExportRun, type ExportServices, type ExportStep } from './export-run.ts';
import { stagedOutgoing, streamOf, zipStream } from './outgoing.ts';

/** Files that would be replaced, told by name. */
const mostTakenNamed = 5;

/** What a finished export gives a browser. */
export interface ExportDownload {
  readonly name: string;
  readonly mediaType: string;
  readonly body: ReadableStream<Uint8Array>;
}

/** What an export of a window takes of the application. */
export interface ExportJobServices extends ExportServices {
  readonly masks: Pick<ClipMasks, 'checked'>;
}

/** One export of a window: made, asked about where files are in its way, put into place or kept to be fetched. */
export class ExportJob {
  readonly #services: ExportJobServices;
  readonly #request: ExportRequest;
  /** null: it is fetched. */
  readonly #folder: string | null;
  readonly #onChange: () => void;
  readonly #abort = new AbortController();
  readonly #answered = Promise.withResolvers<boolean>();
  #state: ExportState;
  /** Made files that wait to be fetched. */
  #kept: StagedOutput | null = null;
  /** The first file that was put into place, and where: what a file manager shows. */
  #shown: string | null = null;

  /** @throws SystolaError `not-found` for a format that there is not; `bad-request` for a preset that is not offered */
  constructor(
    services: ExportJobServices,
    request: ExportRequest,
    folder: string | null,
    onChange: () => void,
  ) {
    this.#services = services;
    this.#request = request;
    this.#folder = folder;
    this.#onChange = onChange;
    const chosen = chosenFormats(request.formats);
    const page = chosen.find(({ exporter }) => !isFormatFor(exporter.id, request.identity));
    if (page !== undefined) {
      throw new SystolaError('bad-request', `No de-identified export holds ${page.exporter.id}.`);
    }
    const total = request.studies.length * chosen.length;
    this.#state = {
      exportId: randomUUID(),
      state: 'running',
      ...{ done: 0, total, files: 0, file: null },
      ...{ refused: [], refusedTotal: 0, deletedLeftOut: 0, taken: null, place: null, message: null },
    };
  }

  get state(): ExportState {
    return this.#state;
  }

  get ended(): boolean {
    return this.#state.state !== 'running' && this.#state.state !== 'asking';
  }

  /** Path of the first file of a finished export to a folder, null of any other. */
  get shown(): string | null {
    return this.#shown;
  }

  /**
   * Makes and delivers everything; the state says how that ended.
   *
   * @throws whatever is no expected failure, after the state has said that it failed
   */
  async run(): Promise<void> {
    const ended: Partial<ExportState> = { file: null, taken: null };
    try {
      const place = await this.#deliver();
      this.#change({ ...ended, state: 'finished', place });
    } catch (error) {
      const told = error instanceof SystolaError ? error : null;
      if (this.#abort.signal.aborted || told?.code === 'cancelled') {
        this.#change({ ...ended, state: 'cancelled' });
        return;
      }
      const message =
        told === null
          ? 'Something went wrong inside Systola. Nothing was written.'
          : `${told.file === null ? '' : `${told.file}: `}${told.message}`;
      this.#change({ ...ended, state: 'failed', message });
      if (told === null) throw error;
    }
  }

  /** What was staged is gone when this is over, unless it waits to be fetched. */
  async #deliver(): Promise<string> {
    const folder = this.#folder;
    if (folder !== null) {
      await using staged = await StagedOutput.in(folder);
      return await this.#make(staged, folder);
    }
    const staged = await stagedOutgoing(this.#services.library);
    try {
      const place = await this.#make(staged, null);
      this.#kept = staged;
      return place;
    } finally {
      if (this.#kept === null) await staged[Symbol.asyncDispose]();
    }
  }

  /** Whether files that are there may be replaced; only while that is asked. */
  answer(replace: boolean): void {
    if (this.#state.state !== 'asking') return;
    this.#answered.resolve(replace);
    this.#change({ state: 'running', taken: null });
  }

  cancel(): void {
    this.#abort.abort(new SystolaError('cancelled', 'The export was cancelled.'));
    this.#answered.resolve(false);
  }

  /**
   * What was made, once: a file, or a ZIP of several.
   *
   * @throws SystolaError `not-found` where nothing waits to be fetched
   */
  async download(): Promise<ExportDownload> {
    const staged = this.#kept;
    this.#kept = null;
    const name = this.#state.place;
    if (staged === null || name === null) {
      throw new SystolaError('not-found', 'Nothing of this export is left to be fetched. Export again.');
    }
    const files = await staged.files();
    if (name !== files[0]) {
      return { name, mediaType: 'application/zip', body: await zipStream(staged) };
    }
    const ofName = exporters().find(({ extension }) => name.endsWith(`.${extension}`));
    return {
      name,
      mediaType: ofName?.mediaType ?? 'application/octet-stream',
      body: streamOf(piecesOf(staged.path(name)), () => staged[Symbol.asyncDispose]()),
    };
  }

  /** Nobody fetches it any more. */
  async forget(): Promise<void> {
    const staged = this.#kept;
    this.#kept = null;
    await staged?.[Symbol.asyncDispose]();
  }

  /** @returns the folder that was written to, or the name of what can be fetched */
  async #make(staged: StagedOutput, folder: string | null): Promise<string> {
    const { signal } = this.#abort;
    const { studies, formats, identity, choices } = this.#request;
    const withPatient = identity === 'named';
    const { library, masks } = this.#services;
    await using deidentification = isDeidentified(identity)
      ? await Deidentification.of({
          library,
          masks,
          preset: identity,
          choices: choicesByTag(choices),
          signal,
        })
      : null;
    const order = { studies, formats: chosenFormats(formats), withPatient };
    const run = new ExportRun(
      this.#services,
      {
        ...order,
        destination: folder === null ? 'zip' : 'folder',
        ...(deidentification === null || !isDeidentified(identity)
          ? {}
          : {
              deidentified: identity,
              prepare: (snapshot) => deidentification.snapshot(snapshot),
            }),
      },
      staged,
    );
    for await (const step of run.make(signal)) this.#tell(step, run.progress);
    this.#change(run.progress);
    signal.throwIfAborted();
    const files = await staged.files();
    if (files.length === 0) {
      await run.deliver();
      throw new SystolaError('not-found', 'There is nothing that can be written of what was chosen.');
    }
    if (folder === null) {
      await run.deliver();
      const [only = '', ...others] = files;
      return others.length === 0 && !/[\\/]/.test(only)
        ? only
        : exportArchiveName(run.studies, { withPatient });
    }
    const replace = await this.#mayReplace(await staged.taken());
    signal.throwIfAborted();
    await run.deliver(() => staged.publish({ replace }));
    this.#shown = join(folder, files[0]?.split(/[\\/]/)[0] ?? '');
    return folder;
  }

  /** @throws SystolaError `cancelled` where files are in the way and have to stay */
  async #mayReplace(taken: readonly string[]): Promise<boolean> {
    if (taken.length === 0) return false;
    this.#change({
      state: 'asking',
      file: null,
      taken: { count: taken.length, names: taken.slice(0, mostTakenNamed) },
    });
    if (await this.#answered.promise) return true;
    throw new SystolaError('cancelled', 'The files that are there stay as they are.');
  }

  #tell(step: ExportStep, { done }: { readonly done: number }): void {
    const { files, refused, refusedTotal, deletedLeftOut } = this.#state;
    if (step.kind === 'left-out') return this.#change({ deletedLeftOut: deletedLeftOut + step.instances });
    if (step.kind === 'written') return this.#change({ done, files: files + 1, file: step.path });
    const { code, message, file } = step.error;
    const listed = refused.length < mostRefusedListed;
    this.#change({
      done,
      refused: listed
        ? [...refused, { file: file ?? '', code, reason: message, format: step.format }]
        : refused,
      refusedTotal: refusedTotal + 1,
    });
  }

  #change(changes: Partial<ExportState>): void {
    this.#state = { ...this.#state, ...changes };
    this.#onChange();
  }
}

async function* piecesOf(path: string): AsyncGenerator<Uint8Array> {
  for await (const piece of createReadStream(path)) yield piece as Uint8Array;
}
