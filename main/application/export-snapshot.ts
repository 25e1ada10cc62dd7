import { readFile } from 'node:fs/promises';
import type { StudyDocument } from '../../core/api/requests.ts';
import { priorComparison } from '../../core/conclusion/prior-comparison.ts';
import type { ComparableStudy } from '../../core/prior/comparable-study.ts';
import { type WantedPrior, wantedPrior } from '../../core/prior/held-against.ts';
import { measureStudy } from '../../core/assessment/measure-study.ts';
import { withoutDeleted } from './without-deleted.ts';
import { tracedStructures } from '../../core/review/traces.ts';
import type { ExportSnapshot } from '../export/exporter.ts';
import { greyDisplay } from '../dicom/grey-display.ts';
import { readStoredInstance } from '../dicom/guarded-reader.ts';
import type { FrameDecoder } from '../dicom/frame-decoder.ts';
import type { LanguageShelf } from '../language/language-shelf.ts';
import { alteredFile } from '../dicom/stored-file.ts';
import { frameSource } from '../library/frame-source.ts';
import type { Library } from '../library/library.ts';
import type { ReportShelf } from '../report/report-shelf.ts';
import type { ReportedFile } from '../report/report-input.ts';
import { earlierExports } from './export-audit.ts';
import { installation } from './installation.ts';

/** What a snapshot takes of the application. */
export interface SnapshotServices {
  readonly library: Library;
  readonly decoder: FrameDecoder;
  readonly languages: LanguageShelf;
  readonly reportShelf: ReportShelf;
  /** Studies of the same patient with their numbers, as far as one is wanted of them. */
  readonly othersOf: OthersOf;
}

export type OthersOf = (studyInstanceUid: string, wanted: WantedPrior) => readonly ComparableStudy[];

export interface SnapshotOptions {
  /** Whether the patient may be named; left out, as the reader ticked it. */
  readonly withPatient?: boolean;
}

/** The study at this moment, with everything that an exporter may ask for. */
export function exportSnapshot(
  { library, decoder, languages, reportShelf, othersOf }: SnapshotServices,
  opened: StudyDocument,
  { withPatient }: SnapshotOptions = {},
): ExportSnapshot {
  const document = withoutDeleted(opened);
  const { facts, clips, review } = document;
  const settings = library.settings();
  const measurements = measureStudy(facts, clips, review, settings);
  return {
    document,
    measurements,
    settings,
    words: languages.spoken(settings.reportLanguage ?? settings.language),
    prior: priorComparison(
      document,
      measurements,
      settings,
      othersOf(facts.studyInstanceUid, wantedPrior(review)),
    ),
    arrangement: () => reportShelf.arrangement(settings.reportTemplate),
    softwareVersion: installation.version,
    createdAt: new Date(),
    deidentified: null,
    withPatient: withPatient ?? settings.patientInFileNames,
    frame: (sopInstanceUid, frame) => decoder.frame(frameSource(library.clip(sopInstanceUid)), frame),
    greyDisplay: async (sopInstanceUid) => {
      const { path, facts, sha256, bytes } = library.clip(sopInstanceUid);
      const stored = { path, fileName: facts.fileName, sha256, bytes };
      return greyDisplay((await readStoredInstance(stored)).pixels);
    },
    clip: async (sopInstanceUid) => readFile((await original(library, document, sopInstanceUid)).path),
    earlier: (format) => earlierExports(library, facts.studyInstanceUid, format),
    original: (sopInstanceUid) => original(library, document, sopInstanceUid),
    files: () => reportedFiles(library, document),
  };
}

/** The file behind a clip or a document of the study. */
async function original(
  library: Library,
  { documents }: StudyDocument,
  sopInstanceUid: string,
): Promise<{ readonly path: string; readonly sha256: string }> {
  const isDocument = documents.some((one) => one.sopInstanceUid === sopInstanceUid);
  const { path, sha256, bytes, facts } = isDocument
    ? library.document(sopInstanceUid)
    : library.clip(sopInstanceUid);
  if (await library.files.holds(sha256, bytes)) return { path, sha256 };
  throw alteredFile(facts.fileName);
}

/** Whether the files behind the study's clips are what was imported; those with contours are compared whole. */
async function reportedFiles(
  library: Library,
  { clips, review }: StudyDocument,
): Promise<Map<string, ReportedFile>> {
  const files = new Map<string, ReportedFile>();
  for (const { sopInstanceUid, fileName } of clips) {
    const { sha256, bytes } = library.clip(sopInstanceUid);
    const isContoured = tracedStructures(review.clips[sopInstanceUid]).length > 0;
    const sound = isContoured ? await library.files.holds(sha256, bytes) : await library.files.has(sha256);
    files.set(sopInstanceUid, { fileName, sha256, sound });
  }
  return files;
}
