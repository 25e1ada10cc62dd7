import { randomUUID } from 'node:crypto';
import type { StudyDocument } from '../../core/api/requests.ts';
import type { StudyFacts } from '../../core/clip/clip.ts';
import type { PresetName } from '../../core/deidentify/preset.ts';
import { SystolaError } from '../../core/error.ts';
import type { CopiedFile, ExportedFile, ExportSnapshot } from '../export/exporter.ts';
import { isFolderExporter } from '../export/any-exporter.ts';
import type { ChosenFormat } from '../export/exporters.ts';
import { filesOf } from '../export/files-of.ts';
import type { StagedOutput } from '../files/staged-output.ts';
import { auditEvents, auditOutcomes, type AuditOutcome } from '../library/audit.ts';
import {
  copiedEntry,
  exportedEntry,
  listOf,
  namedFiles,
  type ExportDestination,
  type ExportDetail,
  type ExportedEntry,
} from './export-audit.ts';
import { exportSnapshot, type SnapshotOptions, type SnapshotServices } from './export-snapshot.ts';
import { deletedMeanwhile, isStillThere } from './still-there.ts';
import type { StudyDocuments } from './study-documents.ts';

/** What an export takes of the application. */
export interface ExportServices extends SnapshotServices {
  readonly documents: StudyDocuments;
}

export interface ExportOrder extends SnapshotOptions {
  /** Keys of studies, each once. */
  readonly studies: readonly string[];
  readonly formats: readonly ChosenFormat[];
  readonly destination: ExportDestination;
  /** The preset that the patient was taken out by, for the audit log; left out where nobody was. */
  readonly deidentified?: PresetName;
  /** What is exported in place of each study: the same without its patient. */
  prepare?(snapshot: ExportSnapshot): Promise<ExportSnapshot>;
}

/** What came of one file: it is staged, at this path of the output, or it cannot be. */
export type ExportStep =
  | { readonly kind: 'written'; readonly path: string }
  /** Clips and documents of a study that were deleted a moment ago, and do not leave. */
  | { readonly kind: 'left-out'; readonly study: string; readonly instances: number }
  | {
      readonly kind: 'refused';
      /** Its file is the study where it is about no other. */
      readonly error: SystolaError;
      /** Id of the format, null where the study cannot be opened at all. */
      readonly format: string | null;
    };

/** A study of an export, with what was made of it. */
interface ExportedStudy {
  readonly document: StudyDocument;
  /** As they are exported. */
  readonly facts: StudyFacts;
  readonly files: ExportedEntry[];
  readonly refused: { format: string; code: string }[];
  /** Clips and documents that were deleted a moment ago. */
  readonly leftOut: number;
  /** `library.care.deletions` when it was opened. */
  readonly since: number;
}

/**
 * One export of one or several studies in one or several formats: {@link make} stages every file, {@link deliver} enters
 * them into the audit log and hands them over. What is not delivered never was.
 */
export class ExportRun {
  readonly #services: ExportServices;
  readonly #order: ExportOrder;
  readonly #staged: StagedOutput;
  readonly #id = randomUUID();
  readonly #studies = new Map<string, ExportedStudy>();
  #done = 0;
  /** Studies that cannot be opened. */
  readonly #absent = new Set<string>();
  /** Files of all studies together, as a table. */
  readonly #shared: ExportedEntry[] = [];

  constructor(services: ExportServices, order: ExportOrder, staged: StagedOutput) {
    this.#services = services;
    this.#order = order;
    this.#staged = staged;
  }

  /** Formats of studies that are made or refused, of how many. */
  get progress(): { readonly done: number; readonly total: number } {
    const { studies, formats } = this.#order;
    return { done: this.#done, total: studies.length * formats.length };
  }

  /** Facts of the studies that could be opened, as they are exported. */
  get studies(): StudyFacts[] {
    return [...this.#studies.values()].map(({ facts }) => facts);
  }

  /**
   * Makes the files, one after another. What cannot be exported is a step too, and the others go on.
   *
   * @throws SystolaError where nothing can be written any more: `disk-full`, `unwritable`; the signal's reason
   */
  async *make(signal: AbortSignal): AsyncGenerator<ExportStep> {
    const { studies, formats } = this.#order;
    const byStudy = formats.filter((format) => format.byStudy);
    for (const study of studies) {
      const snapshot = yield* this.#open(study, signal);
      for (const format of byStudy) {
        if (snapshot !== null) yield* this.#writeStudy(study, snapshot, format, signal);
        this.#done += 1;
      }
    }
    for (const format of formats) if (!format.byStudy) yield* this.#writeAll(format, signal);
    this.#done = this.progress.total;
  }

  /**
   * Enters the export into the audit log, for each study, and then hands the files over; where that fails the log says
   * so too. Without an entry nothing is handed over.
   *
   * @throws SystolaError of the audit log; `not-found` where something of a study was deleted since it was opened; whatever
   *   `handOver` throws
   */
  async deliver(handOver: () => Promise<void> = () => Promise.resolve()): Promise<void> {
    if (!this.#isEmpty) {
      const gone = this.deletedMeanwhile();
      if (gone !== null) {
        this.#record(auditOutcomes.seriousFailure);
        throw deletedMeanwhile(gone);
      }
    }
    this.#record(null);
    if (this.#isEmpty) return;
    try {
      await handOver();
    } catch (error) {
      this.#record(auditOutcomes.seriousFailure);
      throw error;
    }
  }

  /** A study of which something was deleted since it was opened; null where there is none. */
  deletedMeanwhile(): string | null {
    const { library } = this.#services;
    for (const [study, { document, since, files }] of this.#studies) {
      const leaves = files.length + this.#shared.length > 0;
      if (leaves && !isStillThere(library, document, since)) return study;
    }
    return null;
  }

  get #isEmpty(): boolean {
    return this.#shared.length === 0 && [...this.#studies.values()].every(({ files }) => files.length === 0);
  }

  /** The study as it is now, null where it cannot be opened. */
  async *#open(study: string, signal: AbortSignal): AsyncGenerator<ExportStep, ExportSnapshot | null> {
    signal.throwIfAborted();
    try {
      const { library, documents } = this.#services;
      const since = library.care.deletions;
      const document = await documents.open(study);
      const known = this.#studies.get(study);
      const whole = exportSnapshot(this.#services, document, this.#order);
      const snapshot = (await this.#order.prepare?.(whole)) ?? whole;
      const leftOut = library.care.pending().filter((one) => one.studyInstanceUid === study).length;
      this.#studies.set(study, {
        document: known?.document ?? document,
        facts: known?.facts ?? snapshot.document.facts,
        files: known?.files ?? [],
        refused: known?.refused ?? [],
        leftOut: known?.leftOut ?? leftOut,
        since: known?.since ?? since,
      });
      if (known === undefined && leftOut > 0) yield { kind: 'left-out', study, instances: leftOut };
      return snapshot;
    } catch (error) {
      if (!(error instanceof SystolaError)) throw error;
      // Said once, however many formats want it.
      if (!this.#absent.has(study)) yield { kind: 'refused', error: about(error, study), format: null };
      this.#absent.add(study);
      return null;
    }
  }

  /** What one format makes of one study. */
  async *#writeStudy(
    study: string,
    snapshot: ExportSnapshot,
    format: ChosenFormat,
    signal: AbortSignal,
  ): AsyncGenerator<ExportStep> {
    signal.throwIfAborted();
    const { exporter } = format;
    const entries: ExportedEntry[] = [];
    try {
      for await (const file of filesOf(exporter, snapshot, signal)) {
        signal.throwIfAborted();
        entries.push(await this.#stage(format, file));
      }
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof SystolaError) || isOfOutput(error)) throw error;
      for (const { path } of entries) await this.#staged.discard(path);
      this.#studies.get(study)?.refused.push({ format: exporter.id, code: error.code });
      yield { kind: 'refused', error: about(error, study), format: exporter.id };
      return;
    }
    this.#studies.get(study)?.files.push(...entries);
    for (const { path } of entries) yield { kind: 'written', path };
  }

  /** What one format makes of all studies together: a folder that is whole or is not there. */
  async *#writeAll(format: ChosenFormat, signal: AbortSignal): AsyncGenerator<ExportStep> {
    const { exporter, folder } = format;
    if (!isFolderExporter(exporter)) throw new Error(`${exporter.id} writes no folder.`);
    const refused: ExportStep[] = [];
    const opened: string[] = [];
    let current: string | null = null;
    const open = this.#open.bind(this);
    const { studies } = this.#order;
    const atStudy = (index: number): void => void (this.#done = before + index);
    const before = this.#done;
    async function* snapshots(): AsyncGenerator<ExportSnapshot> {
      for (const [index, study] of studies.entries()) {
        atStudy(index);
        const steps = open(study, signal);
        let step = await steps.next();
        for (; step.done !== true; step = await steps.next()) refused.push(step.value);
        if (step.value === null) continue;
        current = study;
        opened.push(study);
        yield step.value;
      }
      current = null;
      atStudy(studies.length);
    }
    const entries: { readonly study: string | null; readonly entry: ExportedEntry }[] = [];
    try {
      for await (const file of exporter.files(snapshots(), signal)) {
        signal.throwIfAborted();
        const entry = await this.#stage(format, file);
        entries.push({ study: current, entry });
        yield* refused.splice(0);
        yield { kind: 'written', path: entry.path };
      }
      yield* refused.splice(0);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof SystolaError) || isOfOutput(error)) throw error;
      // A part of a folder, such as a medium without its directory, is none.
      for (const { entry } of entries) await this.#staged.discard(...entry.path.split('/'));
      if (folder !== null) await this.#staged.discard(folder);
      for (const study of opened) {
        this.#studies.get(study)?.refused.push({ format: exporter.id, code: error.code });
      }
      yield* refused.splice(0);
      yield { kind: 'refused', error: about(error, current), format: exporter.id };
      return;
    }
    for (const { study, entry } of entries) {
      (study === null ? this.#shared : (this.#studies.get(study)?.files ?? [])).push(entry);
    }
  }

  async #stage({ exporter, folder }: ChosenFormat, file: ExportedFile | CopiedFile): Promise<ExportedEntry> {
    const names = file.path.split('/');
    if (!names.every((name) => name !== '.' && name !== '..' && /^[\p{L}\p{M}\p{N}._-]+$/u.test(name)))
      throw new Error(`${exporter.id} made a file with a path that none has.`);
    const whole = folder === null ? names : [folder, ...names];
    const path = whole.join('/');
    if ('bytes' in file) {
      await this.#staged.write(file.bytes, ...whole);
      return exportedEntry(exporter.id, { ...file, path });
    }
    await this.#staged.copy(file.copyOf, ...whole);
    return copiedEntry(exporter.id, path, file);
  }

  /** @param outcome null: as what was made says */
  #record(outcome: AuditOutcome | null): void {
    const { library } = this.#services;
    const { formats, destination, deidentified } = this.#order;
    for (const { document, files, refused, leftOut } of this.#studies.values()) {
      const { facts, head } = document;
      const all = [...files, ...this.#shared];
      const detail: ExportDetail = {
        export: this.#id,
        destination,
        formats: formats.map(({ exporter }) => exporter.id),
        head,
        ...(deidentified === undefined ? {} : { deidentified }),
        files: namedFiles(all),
        list: listOf(all),
        ...(refused.length === 0 ? {} : { refused }),
        ...(leftOut === 0 ? {} : { deletedLeftOut: leftOut }),
      };
      library.record({
        event: auditEvents.export,
        action: 'R',
        outcome: outcome ?? outcomeOf(all.length, refused.length),
        user: library.user(),
        studyInstanceUid: facts.studyInstanceUid,
        patientId: facts.patient.patientId,
        detail,
      });
    }
  }
}

function outcomeOf(written: number, refused: number): AuditOutcome {
  if (refused === 0) return auditOutcomes.success;
  return written === 0 ? auditOutcomes.seriousFailure : auditOutcomes.minorFailure;
}

/** Whether it is about where files are written: with it nothing else can be written either. */
const isOfOutput = ({ code }: SystolaError): boolean => code === 'disk-full' || code === 'unwritable';

/** The same failure, saying of which study. */
const about = (error: SystolaError, study: string | null): SystolaError =>
  new SystolaError(error.code, error.message, error.file ?? study, { cause: error });
