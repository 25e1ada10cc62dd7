import { rm } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import type { ImportState } from '../../core/api/events.ts';
import type { ClipFacts, StudyFacts } from '../../core/clip/clip.ts';
import { SystolaError } from '../../core/error.ts';
import { auditEvents, auditOutcomes } from '../library/audit.ts';
import type { Library } from '../library/library.ts';
import type { Candidate, Listed } from './candidate.ts';
import { listDicomdir } from './dicomdir.ts';
import { fileError } from '../files/file-error.ts';
import type { FileKind } from './file-kind.ts';
import type { ImportLimits } from './limits.ts';
import { listPaths } from './list-paths.ts';
import { receive, type Received } from './receive.ts';
import { listZip } from './zip.ts';

/** Parses the file at `path`; runs where a hostile file can neither block nor crash the application. */
export type InstanceReader = (
  path: string,
  fileName: string,
) => Promise<{ readonly clip: ClipFacts; readonly study: StudyFacts }>;

export interface TakenFile {
  /** As the user knows it. */
  readonly file: string;
  readonly sopInstanceUid: string;
  readonly studyInstanceUid: string;
  readonly known: boolean;
}

export interface ImportSessionOptions {
  readonly importId: string;
  readonly library: Library;
  readonly readInstance: InstanceReader;
  readonly limits: ImportLimits;
  /** Called after every step; the caller throttles. */
  onChange(): void;
  onTaken?(file: TakenFile): void;
}

/**
 * One import: some paths, or files that are uploaded one by one. Every instance ends up whole in the library or
 * in `rejected` with its reason; cancelling keeps the instances that are already whole.
 */
export class ImportSession {
  readonly #options: ImportSessionOptions;
  readonly #abort = new AbortController();
  readonly #studies = new Set<string>();
  readonly #rejected: { file: string; code: string; reason: string }[] = [];
  /** DICOMDIRs that came with other files: silently left out, unless they came alone. */
  readonly #directories: string[] = [];
  #state: ImportState['state'] = 'running';
  #filesDone = 0;
  #filesTotal: number | null = null;
  #currentFile: string | null = null;
  #accepted = 0;
  #known = 0;
  #message: string | null = null;
  /** Files are taken one after the other, however many are uploaded at once. */
  #queue: Promise<void> = Promise.resolve();

  constructor(options: ImportSessionOptions) {
    this.#options = options;
  }

  state(): ImportState {
    return {
      importId: this.#options.importId,
      state: this.#state,
      filesDone: this.#filesDone,
      filesTotal: this.#filesTotal,
      currentFile: this.#currentFile,
      accepted: this.#accepted,
      known: this.#known,
      rejected: [...this.#rejected],
      studies: [...this.#studies],
      message: this.#message,
    };
  }

  get ended(): boolean {
    return this.#state !== 'running';
  }

  /** Takes everything under the paths, then ends. Never rejects: what went wrong is in the state. */
  async takePaths(paths: readonly string[]): Promise<void> {
    await this.#end(async () => {
      const listed: Listed[] = [];
      for await (const item of listPaths(paths, this.#abort.signal)) {
        listed.push(item);
        this.#options.onChange();
      }
      this.#filesTotal = listed.length;
      const chosen = new Set(paths);
      for (const item of listed) {
        await this.#takeListed(item, (candidate) => chosen.has(candidate.path ?? ''));
      }
    });
  }

  /**
   * Takes one uploaded file.
   *
   * @throws SystolaError `bad-request` when the import has ended
   */
  async takeUpload(name: string, body: Readable): Promise<void> {
    if (this.ended) {
      body.destroy();
      throw new SystolaError('bad-request', 'This import has ended. Start another one.', name);
    }
    const candidate: Candidate = { name, path: null, archived: false, open: () => Promise.resolve(body) };
    const taken = this.#queue.then(async () => {
      if (this.ended || this.#abort.signal.aborted) body.destroy();
      else await this.#takeListed({ candidate, error: null }, () => false);
    });
    this.#queue = taken.catch((error: unknown) => this.#fail(error));
    await this.#queue;
  }

  /** All files have been uploaded. */
  async finishUploads(): Promise<void> {
    await this.#queue;
    await this.#end(() => Promise.resolve());
  }

  /** Stops before the next file; the one in progress is left out unless it is whole already. */
  async cancel(): Promise<void> {
    if (this.ended) return;
    this.#abort.abort();
    await this.#queue;
    await this.#end(() => Promise.resolve());
  }

  async #end(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      if (this.ended) return;
      if (this.#abort.signal.aborted) return this.#cancelled();
      this.#rejectLoneDirectories();
      this.#state = 'finished';
    } catch (error) {
      this.#fail(error);
    } finally {
      if (this.ended) this.#currentFile = null;
      this.#options.onChange();
    }
  }

  #fail(error: unknown): void {
    if (this.ended) return;
    if (this.#abort.signal.aborted) return this.#cancelled();
    this.#state = 'failed';
    this.#message =
      error instanceof SystolaError ? error.message : 'The import stopped because of a defect in Systola.';
    this.#currentFile = null;
    if (!(error instanceof SystolaError)) throw error;
  }

  #cancelled(): void {
    this.#state = 'cancelled';
    this.#message = `Cancelled. ${this.#accepted} file${this.#accepted === 1 ? ' was' : 's were'} imported before and ${this.#accepted === 1 ? 'is' : 'are'} kept.`;
  }

  #rejectLoneDirectories(): void {
    if (this.#accepted + this.#known + this.#rejected.length > 0) return;
    for (const file of this.#directories) {
      this.#reject(
        new SystolaError('not-dicom', 'A DICOMDIR only lists files. Choose the folder that holds it.', file),
        file,
      );
    }
  }

  async #takeListed(item: Listed, follow: (candidate: Candidate) => boolean): Promise<void> {
    this.#abort.signal.throwIfAborted();
    this.#currentFile = item.candidate?.name ?? item.error?.file ?? null;
    this.#options.onChange();
    if (item.error !== null) {
      this.#reject(item.error, item.error.file ?? '');
    } else {
      try {
        await this.#take(item.candidate, follow(item.candidate));
      } catch (error) {
        if (this.#abort.signal.aborted) throw error;
        const named = fileError(error, item.candidate.name);
        if (!(named instanceof SystolaError)) throw error;
        this.#reject(named, item.candidate.name);
        // Every further file would meet the same full disk.
        if (named.code === 'disk-full') throw named;
      }
    }
    this.#filesDone += 1;
    this.#options.onChange();
  }

  async #take(candidate: Candidate, follow: boolean): Promise<void> {
    const { library, limits } = this.#options;
    const stream = await candidate.open();
    const received = await receive(stream, library.files.incomingPath(), {
      name: candidate.name,
      signal: this.#abort.signal,
      limit: (kind) => limitOf(kind, candidate, limits),
    });
    try {
      if (received.kind === 'zip') await this.#takeArchive(received.path, candidate.name);
      else if (received.kind === 'dicomdir') await this.#takeDirectory(candidate, follow);
      else await this.#takeInstance(received, candidate.name);
    } finally {
      // Gone already when it was adopted.
      await rm(received.path, { force: true });
    }
  }

  async #takeArchive(path: string, name: string): Promise<void> {
    const takenBefore = this.#accepted + this.#known;
    const rejectedBefore = this.#rejected.length;
    for await (const item of listZip(path, name, this.#options.limits, this.#abort.signal)) {
      if (this.#filesTotal !== null) this.#filesTotal += 1;
      await this.#takeListed(item, () => false);
    }
    // Many office and data formats are archives: one line says more than one for each part.
    const rejected = this.#rejected.slice(rejectedBefore);
    if (this.#accepted + this.#known === takenBefore && rejected.every(({ code }) => code === 'not-dicom')) {
      this.#rejected.splice(rejectedBefore);
      throw new SystolaError('not-dicom', 'It is an archive without any DICOM file.', name);
    }
  }

  async #takeDirectory(candidate: Candidate, follow: boolean): Promise<void> {
    if (!follow || candidate.path === null) {
      this.#directories.push(candidate.name);
      return;
    }
    for await (const item of listDicomdir(candidate.path, this.#abort.signal)) {
      if (this.#filesTotal !== null) this.#filesTotal += 1;
      await this.#takeListed(item, () => false);
    }
  }

  async #takeInstance(received: Received, name: string): Promise<void> {
    const { library, readInstance, onTaken } = this.#options;
    const { path: incomingPath, sha256, bytes } = received;
    const known = library.known(sha256);
    if (known !== null) {
      if (await library.repair({ incomingPath, sha256, bytes })) this.#accepted += 1;
      else this.#known += 1;
      this.#studies.add(known.studyInstanceUid);
      onTaken?.({ file: name, known: true, ...known });
      return;
    }
    const { clip, study } = await readInstance(incomingPath, basename(name));
    this.#abort.signal.throwIfAborted();
    const { studyInstanceUid, added } = await library.addInstance(study, clip, {
      incomingPath,
      sha256,
      bytes,
    });
    if (added) this.#accepted += 1;
    else this.#known += 1;
    this.#studies.add(studyInstanceUid);
    onTaken?.({ file: name, sopInstanceUid: clip.sopInstanceUid, studyInstanceUid, known: !added });
  }

  #reject(error: SystolaError, file: string): void {
    this.#rejected.push({ file, code: error.code, reason: error.message });
    const { library } = this.#options;
    if (error.code === 'disk-full') return;
    library.record({
      event: auditEvents.import,
      action: 'C',
      outcome: auditOutcomes.minorFailure,
      user: library.user(),
      studyInstanceUid: null,
      patientId: null,
      detail: { file: basename(file), code: error.code },
    });
  }
}

/** Archives inside archives are not opened: they are where bombs hide, and no scanner writes them. */
function limitOf(kind: FileKind, candidate: Candidate, limits: ImportLimits): number {
  switch (kind) {
    case 'zip':
      if (candidate.archived) {
        throw new SystolaError(
          'not-dicom',
          'It is an archive inside an archive, which is not opened. Unpack it first.',
          candidate.name,
        );
      }
      return limits.archiveBytes;
    case 'empty':
      throw new SystolaError(
        'empty-file',
        'The file is empty. Copy it again from its source.',
        candidate.name,
      );
    case 'other':
      throw new SystolaError('not-dicom', 'It is not a DICOM file.', candidate.name);
    case 'dicom':
    case 'dicomdir':
      return limits.fileBytes;
  }
}
