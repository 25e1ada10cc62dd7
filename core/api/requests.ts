import { z } from 'zod';
import type { ClipFacts, StudyFacts } from '../clip/clip.ts';
import type { DocumentFacts } from '../document/document-facts.ts';
import type { Message } from '../language/message-value.ts';
import type { ModelManifest } from '../model/manifest.ts';
import type { HistoryEntry } from '../review/history-entry.ts';
import type { Revision, StudyReview } from '../review/review.ts';
import type { SignedVersion } from '../review/signatures.ts';
import { editSchema } from '../review/edit.ts';
import type { OfferedFormat } from '../export/export-format.ts';
import type { ExportIdentity } from '../export/identity.ts';
import type { Structure } from '../structure/structure.ts';
import type { ImportState, RunState } from './events.ts';
import type { LibraryState } from './library-state.ts';
import type { ListedStudy, StudySummary } from './study-summary.ts';

/*
 * GET    /api/session                          SessionInfo
 * GET    /api/events                           newline-delimited SystolaEvent, one stream per window
 * GET    /api/studies?search=                  ListedStudy[]
 * PUT    /api/studies/expected                 ExpectedStudies (background.ts): 204; those that the reader comes to next
 * POST   /api/background/force                 202: measuring goes on whatever the machine does (background.ts)
 * POST   /api/sample                           202: the sample study is imported
 * GET    /api/studies/:study                   StudyDocument
 * GET    /api/studies/:study/related           its patient's other studies (patient-studies.ts)
 * POST   /api/studies/:study/views             202: views are told from the pictures where no run asks for them
 * POST   /api/studies/:study/revisions         AppendRequest -> AppendResponse (409 revision-conflict)
 * GET    /api/studies/:study/revisions/:revision   Revision, with all that it changed
 * POST   /api/studies/:study/undo | /redo      -> AppendResponse (409 when there is nothing to undo)
 * GET    /api/studies/:study/exports/:format   the study as a file, in one of SessionInfo.exportFormats
 * POST   /api/exports                          ExportRequest -> ExportState, 202 (exports.ts); one at a time
 * GET    /api/exports/:export                  ExportState
 * POST   /api/exports/:export/answer           ExportAnswer: whether files that are there may be replaced -> ExportState
 * GET    /api/exports/:export/file             what was made, once: a file, or a ZIP of several
 * DELETE /api/exports/:export                  cancel -> ExportState
 * POST   /api/mappings                         MappingRequest -> who is who, CSV (mapping.ts)
 * GET    /api/studies/:study/signatures        SignedVersion[], the first first
 * GET    /api/studies/:study/readings/:document what the study would be with the contours of a document -> ReadingPreview | null
 * GET    /api/studies/:study/audit             StudyAudit (audit.ts): what was done to the study, by whom and when
 * POST   /api/studies/:study/readings/:document the contours of a document are taken over -> AppendResponse
 * GET    /api/clips/:clip/frames/:frame        raw FramePixels.data; headers x-rows, x-columns, x-channels
 * GET    /api/clips/:clip/thumbnail.png
 * POST   /api/clips/:clip/runs                 RunRequest -> RunState
 * DELETE /api/clips/:clip/runs                 cancel -> RunState
 * POST   /api/clips/:clip/propagations         PropagationRequest -> newline-delimited PropagationLine (propagation.ts)
 * POST   /api/clips/:clip/propagations/:proposal/keep  -> AppendResponse (409 when the clip has changed since)
 * DELETE /api/clips/:clip/propagations/:proposal       forget it
 * POST   /api/imports                          ImportRequest -> ImportState (paths: on the desktop only; none: upload)
 * PUT    /api/imports/:import/files?name=      one file's bytes; name may hold folders
 * POST   /api/imports/:import/finish           all files are uploaded -> ImportState
 * GET    /api/imports/:import                  ImportState
 * DELETE /api/imports/:import                  cancel -> ImportState
 * GET    /api/models?verify=                   ModelInfo[]; verify=true reads the graphs and compares their hashes
 * GET    /api/models/recogniser               RecogniserInfo, null where there is none; its hash is compared
 * POST   /api/models/trial                     folder of a listed model -> ModelTrial
 * PUT    /api/models/active                    model name, null for the default -> Settings, after a trial
 * POST   /api/models/additions                 path (on the desktop only) -> ModelAddition; without: upload -> { additionId }
 * PUT    /api/models/additions/:addition/files?name=   one file's bytes
 * POST   /api/models/additions/:addition/finish        -> ModelAddition
 * DELETE /api/models/additions/:addition       cancel
 * DELETE /api/models/added/:folder             remove from the user's folder -> ModelInfo[]
 * GET    /api/languages                        LanguageInfo[] (language.ts)
 * GET    /api/languages/:tag                   LanguageFile (core/language)
 * Reports: what they are made with, and how one would look: report.ts
 * GET    /api/settings                         Settings
 * PUT    /api/settings                         SettingsChange -> Settings; merged into what is stored (core/settings)
 * Deleting, taking back, correcting a patient: care.ts
 * Nodes, sendings and the receiver: network.ts
 * Errors: status 4xx/5xx with ErrorResponse.
 */

/** A contour on every frame of the longest clip that is read, and what is recorded beside them. */
const mostChanges = 22_000;

/** Of what a step of history is called. */
export const mostLabelCharacters = 200;

export const appendRequestSchema = z.strictObject({
  /** Revision the change was made on. */
  head: z.number().int(),
  label: z.string().min(1).max(mostLabelCharacters),
  changes: z.array(editSchema).min(1).max(mostChanges),
  /** A nudge, which may be one step with the one before it. */
  nudge: z.literal(true).exactOptional(),
});
export type AppendRequest = z.infer<typeof appendRequestSchema>;

export interface AppendResponse {
  readonly head: number;
  readonly revision: Revision;
}

const path = z.string().min(1).max(4096);

export const importRequestSchema = z.strictObject({ paths: z.array(path).max(10_000).default([]) });

export const runRequestSchema = z.strictObject({
  model: z.string().max(64).nullable().default(null),
});

export interface SessionInfo {
  readonly version: string;
  readonly host: 'electron' | 'loopback';
  readonly notice: string;
  readonly libraryPath: string;
  readonly library: LibraryState;
  /** What can be contoured, with what the library brings along. */
  readonly structures: readonly Structure[];
  /** What a study can be exported as; the first is the report. */
  readonly exportFormats: readonly OfferedFormat[];
  /** What an export may tell of the patient. */
  readonly exportIdentities: readonly ExportIdentity[];
  /** Whether a sample study came with the installation, to be taken in where the reader asks for it. */
  readonly hasSample: boolean;
}

export interface StudyDocument {
  readonly facts: StudyFacts;
  readonly clips: readonly ClipFacts[];
  /** Structured reports that came with the clips, or before or after them. */
  readonly documents: readonly DocumentFacts[];
  readonly review: StudyReview;
  /** The revisions without their payload, oldest first; one is opened by its address. */
  readonly history: readonly HistoryEntry[];
  readonly head: number;
  readonly runs: readonly RunState[];
}

/** What tells views from pictures; name, version and folder only of one that can be read. */
export interface RecogniserInfo {
  readonly name: string | null;
  readonly version: string | null;
  readonly folder: string | null;
  /** Why it cannot be used; null when it can. */
  readonly problem: string | null;
}

export interface ModelInfo {
  readonly name: string;
  readonly folder: string;
  readonly manifest: ModelManifest | null;
  /** Why the model cannot be used; null when it can, as far as was looked at. */
  readonly problem: string | null;
  /** Why its correction network cannot be used, without which it contours all the same; null where none is wrong. */
  readonly correctionProblem: Message | string | null;
  readonly card: string;
  /** Runs use it unless they name another. */
  readonly active: boolean;
  /** Comes with the application, or was put into the user's own folder. */
  readonly origin: 'bundled' | 'added';
  /** Runs use it while none was chosen. */
  readonly byDefault: boolean;
  /** Size of the graph's file; null where there is none. */
  readonly graphBytes: number | null;
  /** Tells it from a model that would draw other contours; null where there is no manifest. */
  readonly contourHash: string | null;
}

export const modelChoiceSchema = z.strictObject({ name: z.string().max(64).nullable() });

/** The folder of a model as the list has it. */
export const modelTrialSchema = z.strictObject({ folder: path });

/** A folder on this computer, or without one: its files are uploaded. */
export const modelAdditionSchema = z.strictObject({ path: path.optional() });

/** What came of adding a model folder. */
export interface ModelAddition {
  readonly outcome: 'added' | 'already-there';
  readonly name: string;
}

/** A model that passed every check: hash, manifest, graph and a trial run on the processor. */
export interface ModelTrial {
  readonly name: string;
  readonly msPerFrame: number;
}

export interface ErrorResponse {
  readonly error: { readonly code: string; readonly message: string; readonly file: string | null };
}

export type { ImportState, ListedStudy, RunState, SignedVersion, StudySummary };
