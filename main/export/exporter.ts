import type { StudyDocument } from '../../core/api/requests.ts';
import type { FramePixels } from '../../core/clip/clip.ts';
import type { DeidentificationMethod } from '../../core/deidentify/method.ts';
import type { ExportFormat } from '../../core/export/export-format.ts';
import type { Language } from '../../core/language/language.ts';
import type { StudyMeasurements } from '../../core/assessment/measure-study.ts';
import { SystolaError } from '../../core/error.ts';
import type { Settings } from '../../core/settings/settings.ts';
import type { GreyDisplay } from '../dicom/grey-display.ts';
import type { PriorComparison } from '../../core/conclusion/conclusion-input.ts';
import type { ReportedFile } from '../report/report-input.ts';
import type { Arrangement } from '../report/report-shelf.ts';

/** A clip whose pictures do not leave, because nobody has said what of them may. The rest of its study does. */
export class PicturesStay extends SystolaError {
  constructor(file: string) {
    super('bad-request', 'Nobody has said what of its pictures may stay, so that none of them leaves.', file);
  }
}

/** A study at one moment, all that an export is made of: the same snapshot gives the same bytes. */
export interface ExportSnapshot {
  readonly document: StudyDocument;
  readonly measurements: StudyMeasurements;
  readonly settings: Settings;
  /** The language of what a person reads; files for machines speak English. */
  readonly words: Language;
  /** The patient's earlier study that numbers are held against; null where there is none. */
  readonly prior: PriorComparison | null;
  readonly softwareVersion: string;
  readonly createdAt: Date;
  /** Whether what is written may name the patient where it can do without. */
  readonly withPatient: boolean;
  /** How the patient was taken out; null where nobody was. */
  readonly deidentified: DeidentificationMethod | null;
  /** The file of a clip, as it may leave; null of one that stays behind, because nobody looked at its pictures. */
  clip(sopInstanceUid: string): Promise<Uint8Array | null>;
  /**
   * Displayed pixels of a frame, as the model saw it.
   *
   * @throws PicturesStay; SystolaError `decode-failed` and others of reading
   */
  frame(sopInstanceUid: string, frame: number): Promise<FramePixels>;
  /**
   * What the file of a clip asks for where it is shown in grey.
   *
   * @throws SystolaError of reading
   */
  greyDisplay(sopInstanceUid: string): Promise<GreyDisplay>;
  /**
   * DICOM objects of this study that were exported earlier in the format of this id, the earliest first, by the audit
   * log: an amended report names the last as its predecessor.
   */
  earlier(format: string): readonly EarlierObject[];
  /**
   * The file that a clip or a document was imported from, compared with what was imported.
   *
   * @throws SystolaError `file-missing`, `file-altered`
   */
  original(sopInstanceUid: string): Promise<{ readonly path: string; readonly sha256: string }>;
  /** How a report is arranged, with what of the house. */
  arrangement(): Promise<Arrangement>;
  /** What is known of the stored files, by SOP Instance UID; those with contours are read whole for it. */
  files(): Promise<ReadonlyMap<string, ReportedFile>>;
}

/** A DICOM object that was exported. */
export interface EarlierObject {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly seriesInstanceUid: string;
  /** Of the file. */
  readonly sha256: string;
  /** SOP Instance UID of the one clip that it is of; null of one of the whole study, and of such as left before that was kept. */
  readonly clip: string | null;
  /** The revision that it was made of. */
  readonly head: number;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** One way to write a study to a file. Window, menu, address and command line learn of it from its registration. */
export interface Exporter extends ExportFormat {
  /** @throws SystolaError with what cannot be exported and why */
  write(snapshot: ExportSnapshot): Promise<Uint8Array>;
}

/** A file of a folder that is exported. */
export interface ExportedFile {
  /** Inside the folder, with "/" between its parts; letters, digits, points, hyphens and underscores. */
  readonly path: string;
  readonly bytes: Uint8Array;
  /** SOP Instance UID of the one clip that an object is of. */
  readonly clip?: string;
}

/** A file of the library that is exported as it is; it may be larger than what should be in memory. */
export interface CopiedFile {
  readonly path: string;
  /** Where its bytes are. */
  readonly copyOf: string;
  /** Of the bytes, which were compared with it. */
  readonly sha256: string;
}

/**
 * One way to write studies to a folder of several files: a data set for training, a medium. Where only one file can be
 * given, as in a browser, the folder goes as ZIP, and that is its extension and media type.
 */
export interface FolderExporter<File extends ExportedFile | CopiedFile = ExportedFile> extends ExportFormat {
  /**
   * File by file, as they are made: a data set of many loops is larger than memory. Files of all studies together, such
   * as a table, come last.
   *
   * @throws SystolaError with what cannot be exported and why; the signal's reason
   */
  files(snapshots: AsyncIterable<ExportSnapshot>, signal: AbortSignal): AsyncIterable<File>;
}
