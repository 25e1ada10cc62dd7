import { rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import type { Readable } from 'node:stream';
import type { ImportState } from '../../core/api/events.ts';
import { SystolaError } from '../../core/error.ts';
import { isDocument, type ReadObject } from '../dicom/read-object.ts';
import type { Library } from '../library/library.ts';
import { cutFileName, maxTextCharacters as longestName } from '../dicom/ceilings.ts';
import type { Candidate, Listed } from './candidate.ts';
import { fileError } from '../files/file-error.ts';
import { isTaken, limitOf, refusedKind } from './accepted-kinds.ts';
import type { FileKind } from './file-kind.ts';
import { ImportTally, type TallyListeners } from './import-tally.ts';
import type { ImportLimits } from './limits.ts';
import { fromRefusal, listPaths } from './list-paths.ts';
import { PathProcess } from './paths/path-process.ts';
import { receive, type Received } from './receive.ts';
import { listZip } from './zip.ts';

/** Parses the file at `path`; runs where a hostile file can neither block nor crash the application. */
export type InstanceReader = (path: string, fileName: string) => Promise<ReadObject>;

export interface TakenFile {
  /** Documents of a study are neither played nor measured. */
  readonly kind: 'clip' | 'document';
  /** As the user knows it. */
  readonly file: string;
  readonly sopInstanceUid: string;
  readonly studyInstanceUid: string;
  readonly known: boolean;
}

export interface ImportSessionOptions extends ImportListeners {
  readonly importId: string;
  readonly library: Library;
  readonly readInstance: InstanceReader;
  readonly limits: ImportLimits;
  /** Called after every step; the caller throttles. */
  onChange(): void;
}

export interface ImportListeners extends TallyListeners {
  onTaken?(file: TakenFile): void;
}

/** Files between two turns of others, where nothing is waited for. */
const filesPerTurn = 50;

/**
 * One import: some paths, or files that are uploaded one by one. Every instance ends up whole in the library or
 * in `rejected` with its reason; cancelling keeps the instances that are already whole.
 */
export class ImportSession {
  readonly #options: ImportSessionOptions;
  readonly #abort = new AbortController();
  readonly #tally: ImportTally;
  readonly #paths: PathProcess;
  /** DICOMDIRs that came with other files: silently left out, unless they came alone. */
  readonly #directories: string[] = [];
  #state: ImportState['state'] = 'running';
  #filesTotal: number | null = null;
  #currentFile: string | null = null;
  #message: string | null = null;
  /** Files are taken one after the other, however many are uploaded at once. */
  #queue: Promise<void> = Promise.resolve();
  /** Paths that are being taken. */
  #taking: Promise<void> = Promise.resolve();

  constructor(options: ImportSessionOptions) {
    this.#options = options;
    this.#tally = new ImportTally(options);
    this.#paths = new PathProcess(options.limits.pathSilenceMs);
  }

  /** @param from how many refused files are known already; only what came after them is listed */
  state(from = 0): ImportState {
    return {
      importId: this.#options.importId,
      state: this.#state,
      filesTotal: this.#filesTotal,
      currentFile: this.#currentFile,
      ...this.#tally.counts(from),
      message: this.#message,
    };
  }

  get ended(): boolean {
    return this.#state !== 'running';
  }

  /** Takes everything under the paths, then ends. Rejects with a defect only: what else went wrong is in the state. */
  async takePaths(paths: readonly string[]): Promise<void> {
    this.#taking = this.#end(async () => {
      const files: { path: string; kind: FileKind }[] = [];
      for await (const batch of listPaths(paths, this.#paths, this.#abort.signal)) {
        for (const found of batch) {
          if (found.error === null && isTaken(found.kind)) files.push(found);
          else this.#refuse(found.error ?? refusedKind(found.kind, found.path), found.path);
        }
        this.#currentFile = batch.at(-1)?.path ?? null;
        this.#options.onChange();
        await turn();
      }
      this.#filesTotal = this.#tally.filesDone + files.length;
      const chosen = new Set(paths);
      // Outlines go to the study of their clips, which has to be there.
      files.sort((a, b) => Number(a.kind === 'coco') - Number(b.kind === 'coco'));
      for (const { path, kind } of files) {
        await this.#takeOne(path, () => this.#takePath(path, kind, chosen.has(path)));
      }
    });
    await this.#taking;
  }

  /**
   * Takes one uploaded file.
   *
   * @throws SystolaError `bad-request` when the import has ended; a defect, which ends it as failed
   */
  async takeUpload(name: string, body: Readable): Promise<void> {
    if (this.ended) {
      body.destroy();
      throw new SystolaError('bad-request', 'This import has ended. Start another one.', name);
    }
    const candidate: Candidate = { name, path: null, archived: false, open: () => Promise.resolve(body) };
    const taken = this.#queue.then(async () => {
      if (this.ended || this.#abort.signal.aborted) body.destroy();
      else await this.#takeListed({ candidate, error: null });
    });
    // What ends the import ends it whole, before the next file's turn; a defect is told here, and only here.
    const settled = taken.catch((error: unknown) => this.#end(() => Promise.reject(error as Error)));
    this.#queue = settled.catch(() => undefined);
    await settled;
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
    this.#paths.close();
    // The file in progress may be whole by now, and counts then. A defect is told where the file was taken.
    await Promise.allSettled([this.#queue, this.#taking]);
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
      if (this.ended) {
        this.#currentFile = null;
        this.#paths.close();
        this.#tally.recordRefusals(this.#options.library);
      }
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
    const { accepted } = this.#tally;
    this.#message = `Cancelled. ${accepted} file${accepted === 1 ? ' was' : 's were'} imported before and ${accepted === 1 ? 'is' : 'are'} kept.`;
  }

  #rejectLoneDirectories(): void {
    if (!this.#tally.isEmpty) return;
    for (const file of this.#directories) {
      this.#tally.reject(
        new SystolaError('not-dicom', 'A DICOMDIR only lists files. Choose the folder that holds it.', file),
        file,
      );
    }
  }

  async #takeListed({ candidate, error }: Listed): Promise<void> {
    if (error !== null) this.#refuse(error, error.file ?? '');
    else await this.#takeOne(candidate.name, () => this.#takeStream(candidate));
    // Where nothing is waited for, as with refused entries of an archive, others would never have a turn.
    if (this.#tally.filesDone % filesPerTurn === 0) await turn();
  }

  /** Takes one file or refuses it; only what would meet every other file too is thrown. */
  async #takeOne(name: string, take: () => Promise<void>): Promise<void> {
    this.#abort.signal.throwIfAborted();
    this.#currentFile = cutFileName(name, longestName);
    this.#options.onChange();
    try {
      await take();
      this.#tally.fileDone();
      this.#options.onChange();
    } catch (error) {
      if (this.#abort.signal.aborted) throw error;
      const named = fileError(error, name);
      if (!(named instanceof SystolaError)) throw error;
      this.#refuse(named, name);
      // Every further file would meet the same full disk.
      if (named.code === 'disk-full') throw named;
    }
  }

  async #takePath(path: string, kind: FileKind, follow: boolean): Promise<void> {
    const { library, limits } = this.#options;
    if (kind === 'dicomdir') return this.#takeDirectory(path, follow);
    const incoming = library.files.incomingPath();
    try {
      const limitBytes = kind === 'zip' ? limits.archiveBytes : limits.fileBytes;
      const copied = await this.#paths.ask('copy', { path, to: incoming, kind, limitBytes });
      await this.#takeReceived({ path: incoming, kind, ...copied }, path);
    } finally {
      // Gone already when it was adopted.
      await rm(incoming, { force: true });
    }
  }

  async #takeStream(candidate: Candidate): Promise<void> {
    const { library, limits } = this.#options;
    const stream = await candidate.open();
    const received = await receive(stream, library.files.incomingPath(), {
      name: candidate.name,
      signal: this.#abort.signal,
      limit: (kind) => limitOf(kind, candidate, limits),
    });
    try {
      if (received.kind === 'dicomdir') this.#directories.push(candidate.name);
      else await this.#takeReceived(received, candidate.name);
    } finally {
      await rm(received.path, { force: true });
    }
  }

  async #takeReceived(received: Received, name: string): Promise<void> {
    if (received.kind === 'zip') await this.#takeArchive(received.path, name);
    else await this.#takeInstance(received, name);
  }

  async #takeArchive(path: string, name: string): Promise<void> {
    const archive = this.#tally.beginArchive();
    for await (const item of listZip(path, name, this.#options.limits, this.#abort.signal)) {
      if (this.#filesTotal !== null) this.#filesTotal += 1;
      await this.#takeListed(item);
    }
    // Many office and data formats are archives: one line says more than one for each part.
    if (!archive.gaveSomething()) {
      archive.forgetPassedOver();
      throw new SystolaError('not-dicom', 'It is an archive without any DICOM file.', name);
    }
  }

  async #takeDirectory(path: string, follow: boolean): Promise<void> {
    if (!follow) {
      this.#directories.push(path);
      return;
    }
    const referenced = await this.#paths.ask('referenced', { path });
    for (const reference of referenced) {
      if (this.#filesTotal !== null) this.#filesTotal += 1;
      if ('refusal' in reference) {
        const error = fromRefusal(reference.refusal);
        this.#refuse(error, error.file ?? path);
        continue;
      }
      await this.#takeOne(reference.path, async () => {
        const [sniffed] = await this.#paths.ask('sniff', { paths: [reference.path] });
        if (sniffed === undefined || 'refusal' in sniffed) {
          throw sniffed === undefined ? new Error('An answer is missing.') : fromRefusal(sniffed.refusal);
        }
        if (!isTaken(sniffed.kind)) throw refusedKind(sniffed.kind, reference.path);
        await this.#takePath(reference.path, sniffed.kind, false);
      });
    }
  }

  async #takeInstance(received: Received, name: string): Promise<void> {
    const { library, readInstance, onTaken } = this.#options;
    const { path: incomingPath, sha256, bytes } = received;
    const known = library.intake.known(sha256);
    if (known !== null) {
      const isRepaired = await library.intake.repair({ incomingPath, sha256, bytes });
      // It may have been deleted meanwhile.
      if (library.intake.known(sha256) !== null) {
        this.#tally.took(known, isRepaired);
        onTaken?.({ file: name, known: true, ...known });
        return;
      }
    }
    const read = await readInstance(incomingPath, basename(name));
    this.#abort.signal.throwIfAborted();
    const { studyInstanceUid, added } = await library.intake.addInstance(read, {
      incomingPath,
      sha256,
      bytes,
    });
    const kind = isDocument(read) ? 'document' : 'clip';
    const { sopInstanceUid } = isDocument(read) ? read.document : read.clip;
    this.#tally.took({ kind, studyInstanceUid }, added);
    onTaken?.({ kind, file: name, sopInstanceUid, studyInstanceUid, known: !added });
  }

  #refuse(error: SystolaError, name: string): void {
    this.#tally.refuse(error, name);
    this.#options.onChange();
  }
}
