import type { EcgTrace } from '../../core/clip/ecg.ts';
import type {
  BackupState,
  LibrarySize,
  PatientRequest,
  RemovalState,
  StudyPatient,
} from '../../core/api/care.ts';
import type {
  AppendRequest,
  AppendResponse,
  ErrorResponse,
  ImportState,
  ModelAddition,
  ModelInfo,
  RecogniserInfo,
  ModelTrial,
  RunState,
  SessionInfo,
  SignedVersion,
  StudyDocument,
  ListedStudy,
} from '../../core/api/requests.ts';
import {
  propagationLineSchema,
  type PropagationLine,
  type PropagationRequest,
} from '../../core/api/propagation.ts';
import type { PatientStudies } from '../../core/api/patient-studies.ts';
import type { PatientAnswer } from '../../core/patient/patient-answers.ts';
import type { StudyAudit } from '../../core/api/audit.ts';
import type { KeepMaskState, MaskRequest } from '../../core/api/keep-masks.ts';
import type { KeepMask } from '../../core/deidentify/keep-mask.ts';
import type { ExportRequest, ExportState } from '../../core/api/exports.ts';
import type { EchoResult, SendRequest, SendState } from '../../core/api/network.ts';
import type { ReadingPreview } from '../../core/document/reading-preview.ts';
import type { MappingRequest } from '../../core/api/mapping.ts';
import type { DicomNode } from '../../core/network/dicom-node.ts';
import { inEnglish } from '../../core/language/english.ts';
import { message, type Message } from '../../core/language/message.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { linesOf } from './lines.ts';
import type { Revision } from '../../core/review/review.ts';
import type { LanguageInfo } from '../../core/api/language.ts';
import type { LanguageFile } from '../../core/language/language.ts';
import type { ReportMeans, ReportPreviewRequest } from '../../core/api/report.ts';
import type { Settings } from '../../core/settings/settings.ts';
import type { SettingsChange } from '../../core/settings/settings-change.ts';

/**
 * A request that the application answered with an error, could not answer at all (`code: 'unreachable'`), or that was
 * called off (`code: 'cancelled'`).
 */
export class RequestError extends Error {
  readonly code: string;
  readonly status: number;
  /** What the reader is told: the application's words, or a message of the window's own. */
  readonly words: string | Message;
  /** What the message is about, where it says "it". */
  readonly file: string | null;

  constructor(
    code: string,
    status: number,
    words: string | Message,
    file: string | null = null,
    cause?: unknown,
  ) {
    super(typeof words === 'string' ? words : inEnglish.say(words), { cause });
    this.words = words;
    this.name = 'RequestError';
    this.code = code;
    this.status = status;
    this.file = file;
  }
}

export type Proposal = Extract<PropagationLine, { type: 'proposal' }>;

/** Why something failed, as it is told to the reader. */
export const reasonOf = (error: unknown): string | Message =>
  error instanceof RequestError ? error.words : (error as Error).message;

/** What is said when nobody answers. */
export const stoppedWords = message('app.stopped.request');

const at = (...parts: (string | number)[]) =>
  `/api/${parts.map((part) => encodeURIComponent(String(part))).join('/')}`;

/** How much all requests that outlive their page may carry together: the fetch standard's limit, less what is short. */
const mostOutlivingBytes = 32_000;

async function send(
  method: string,
  address: string,
  body?: BodyInit,
  headers?: HeadersInit,
  signal?: AbortSignal,
  outlivesPage = false,
): Promise<Response> {
  let response: Response;
  try {
    const init: RequestInit = { method };
    if (outlivesPage && String(body ?? '').length < mostOutlivingBytes) init.keepalive = true;
    if (body !== undefined) init.body = body;
    if (headers !== undefined) init.headers = headers;
    if (signal !== undefined) init.signal = signal;
    response = await fetch(address, init);
  } catch (cause) {
    if (signal?.aborted) throw new RequestError('cancelled', 0, message('app.request-cancelled'));
    throw new RequestError('unreachable', 0, stoppedWords, null, cause);
  }
  if (response.ok) return response;
  throw await refusalOf(response);
}

/** What the application said of a request that it refused. */
export async function refusalOf(response: Response): Promise<RequestError> {
  const text = await response.text();
  let error: ErrorResponse['error'] | null = null;
  try {
    error = (JSON.parse(text) as ErrorResponse).error;
  } catch {
    // Not an answer of ours; the status says it.
  }
  return new RequestError(
    error?.code ?? 'internal',
    response.status,
    error?.message ?? message('app.request-failed', { status: response.status }),
    error?.file,
  );
}

async function json<T>(
  method: string,
  address: string,
  body?: unknown,
  signal?: AbortSignal,
  outlivesPage = false,
): Promise<T> {
  const response = await send(
    method,
    address,
    body === undefined ? undefined : JSON.stringify(body),
    body === undefined ? undefined : { 'content-type': 'application/json' },
    signal,
    outlivesPage,
  );
  return (await response.json()) as T;
}

/** What a propagation would make of a clip: contours as they come, and the proposal to keep or drop. */
async function propose(
  clip: string,
  request: PropagationRequest,
  onTrace: (frame: number, trace: Trace) => void,
  signal: AbortSignal,
): Promise<Proposal> {
  const response = await send(
    'POST',
    at('clips', clip, 'propagations'),
    JSON.stringify(request),
    { 'content-type': 'application/json' },
    signal,
  );
  try {
    for await (const text of response.body ? linesOf(response.body) : []) {
      const line = propagationLineSchema.parse(JSON.parse(text));
      if (line.type === 'trace') onTrace(line.frame, line.trace as Trace);
      else if (line.type === 'failed') throw new RequestError(line.code, response.status, line.message);
      else return line;
    }
  } catch (cause) {
    if (signal.aborted) throw new RequestError('cancelled', 0, message('app.request-cancelled'));
    if (cause instanceof RequestError) throw cause;
    throw new RequestError('unreachable', 0, stoppedWords, null, cause);
  }
  throw new RequestError('unreachable', 0, stoppedWords);
}

/** The application as the renderer sees it, a function per request of core/api/requests.ts. */
export const api = {
  session: () => json<SessionInfo>('GET', at('session')),
  studies: (search: string) =>
    json<ListedStudy[]>('GET', `${at('studies')}?search=${encodeURIComponent(search)}`),
  expectStudies: (studies: readonly string[]) =>
    send('PUT', at('studies', 'expected'), JSON.stringify({ studies }), {
      'content-type': 'application/json',
    }),
  forceBackground: () => send('POST', at('background', 'force')),
  study: (study: string) => json<StudyDocument>('GET', at('studies', study)),
  recogniseViews: (study: string) => send('POST', at('studies', study, 'views')),
  append: (study: string, request: AppendRequest) =>
    json<AppendResponse>('POST', at('studies', study, 'revisions'), request),
  undo: (study: string) => json<AppendResponse>('POST', at('studies', study, 'undo')),
  redo: (study: string) => json<AppendResponse>('POST', at('studies', study, 'redo')),
  readingPreview: (study: string, document: string) =>
    json<ReadingPreview | null>('GET', at('studies', study, 'readings', document)),
  useReading: (study: string, document: string) =>
    json<AppendResponse>('POST', at('studies', study, 'readings', document)),
  revision: (study: string, id: number) => json<Revision>('GET', at('studies', study, 'revisions', id)),
  signatures: (study: string) => json<SignedVersion[]>('GET', at('studies', study, 'signatures')),
  patientStudies: (study: string, signal: AbortSignal) =>
    json<PatientStudies>('GET', at('studies', study, 'related'), undefined, signal),
  answerPatient: (study: string, other: string, answer: PatientAnswer | null) =>
    json<PatientStudies>('PUT', at('studies', study, 'related', other), { answer }),
  audit: (study: string) => json<StudyAudit>('GET', at('studies', study, 'audit')),
  startRun: (clip: string, model: string | null = null) =>
    json<RunState>('POST', at('clips', clip, 'runs'), { model }),
  cancelRun: (clip: string) => json<RunState>('DELETE', at('clips', clip, 'runs')),
  ecg: (clip: string) => json<EcgTrace>('GET', at('clips', clip, 'ecg')),
  keepMask: (clip: string) => json<KeepMaskState>('GET', at('clips', clip, 'keep-mask')),
  checkMask: (clip: string, mask: KeepMask) =>
    json<KeepMaskState>('PUT', at('clips', clip, 'keep-mask'), { mask } satisfies MaskRequest),
  uncheckMask: (clip: string) => json<KeepMaskState>('DELETE', at('clips', clip, 'keep-mask')),
  propose: (
    clip: string,
    request: PropagationRequest,
    onTrace: (frame: number, trace: Trace) => void,
    signal: AbortSignal,
  ) => propose(clip, request, onTrace, signal),
  keepProposal: (clip: string, proposal: string) =>
    json<AppendResponse>('POST', at('clips', clip, 'propagations', proposal, 'keep')),
  dropProposal: (clip: string, proposal: string) =>
    send('DELETE', at('clips', clip, 'propagations', proposal)),
  startImport: (paths: readonly string[]) => json<ImportState>('POST', at('imports'), { paths }),
  importSample: () => send('POST', at('sample')),
  importState: (id: string) => json<ImportState>('GET', at('imports', id)),
  finishImport: (id: string) => json<ImportState>('POST', at('imports', id, 'finish')),
  cancelImport: (id: string) => json<ImportState>('DELETE', at('imports', id)),
  uploadFile: (id: string, name: string, bytes: Blob) =>
    send('PUT', `${at('imports', id, 'files')}?name=${encodeURIComponent(name)}`, bytes, {
      'content-type': 'application/octet-stream',
    }),
  removeStudy: (study: string) => json<RemovalState>('DELETE', at('studies', study)),
  removeInstance: (study: string, instance: string) =>
    json<RemovalState>('DELETE', at('studies', study, 'instances', instance)),
  takeBack: (removal: number) => send('POST', at('removals', String(removal), 'take-back')),
  patientOf: (study: string) => json<StudyPatient>('GET', at('studies', study, 'patient-data')),
  correctPatient: (request: PatientRequest) => json<StudyPatient>('PUT', at('patients'), request),
  librarySize: () => json<LibrarySize>('GET', at('library', 'size')),
  cancelBackup: () => json<BackupState>('DELETE', at('backups')),

  recogniser: () => json<RecogniserInfo | null>('GET', at('models', 'recogniser')),
  models: (verify = false) => json<ModelInfo[]>('GET', verify ? `${at('models')}?verify=true` : at('models')),
  tryModel: (folder: string, signal: AbortSignal) =>
    json<ModelTrial>('POST', at('models', 'trial'), { folder }, signal),
  useModel: (name: string | null, signal: AbortSignal) =>
    json<Settings>('PUT', at('models', 'active'), { name }, signal),
  addModel: (path: string, signal: AbortSignal) =>
    json<ModelAddition>('POST', at('models', 'additions'), { path }, signal),
  startModelUpload: () => json<{ additionId: string }>('POST', at('models', 'additions'), {}),
  uploadModelFile: (id: string, name: string, bytes: Blob, signal: AbortSignal) =>
    send(
      'PUT',
      `${at('models', 'additions', id, 'files')}?name=${encodeURIComponent(name)}`,
      bytes,
      { 'content-type': 'application/octet-stream' },
      signal,
    ),
  finishModelUpload: (id: string, signal: AbortSignal) =>
    json<ModelAddition>('POST', at('models', 'additions', id, 'finish'), undefined, signal),
  cancelModelUpload: (id: string) => send('DELETE', at('models', 'additions', id)),
  removeModel: (folder: string) => json<ModelInfo[]>('DELETE', at('models', 'added', folder)),
  languages: () => json<LanguageInfo[]>('GET', at('languages')),
  language: (tag: string) => json<LanguageFile>('GET', at('languages', tag)),
  settings: () => json<Settings>('GET', at('settings')),
  saveSettings: (change: SettingsChange) => json<Settings>('PUT', at('settings'), change, undefined, true),
  startExport: (request: ExportRequest) => json<ExportState>('POST', at('exports'), request),
  exportState: (id: string) => json<ExportState>('GET', at('exports', id)),
  answerExport: (id: string, replace: boolean) =>
    json<ExportState>('POST', at('exports', id, 'answer'), { replace }),
  cancelExport: (id: string) => json<ExportState>('DELETE', at('exports', id)),
  mapping: async (request: MappingRequest) =>
    (
      await send('POST', at('mappings'), JSON.stringify(request), { 'content-type': 'application/json' })
    ).blob(),
  echo: (node: DicomNode) => json<EchoResult>('POST', at('nodes', 'echo'), node),
  startSend: (request: SendRequest) => json<SendState>('POST', at('sends'), request),
  sendState: (id: string) => json<SendState>('GET', at('sends', id)),
  stopSend: (id: string) => json<SendState>('DELETE', at('sends', id)),
  exported: async (study: string, format: string) =>
    (await send('GET', at('studies', study, 'exports', format))).blob(),
  reportMeans: () => json<ReportMeans>('GET', at('report')),
  putLogo: async (picture: Blob) =>
    (await send('PUT', at('report', 'logo'), picture, { 'content-type': 'application/octet-stream' }).then(
      (answer) => answer.json(),
    )) as ReportMeans,
  removeLogo: () => json<ReportMeans>('DELETE', at('report', 'logo')),
  reportPreview: async (study: string, texts: ReportPreviewRequest['texts']) =>
    new Uint8Array(
      await (
        await send('POST', at('studies', study, 'report-preview'), JSON.stringify({ texts }), {
          'content-type': 'application/json',
        })
      ).arrayBuffer(),
    ),
  events: (signal: AbortSignal) => fetch(at('events'), { signal }),
};

/** Address of what an export has made, which can be fetched once. */
export const exportFileAddress = (id: string): string => at('exports', id, 'file');

/** Address of one frame's displayed pixels (raw bytes, `x-rows`, `x-columns`, `x-channels`). */
export const frameAddress = (clip: string, frame: number): string => at('clips', clip, 'frames', frame);

/** The brightest that each pixel of a clip is in any frame. */
export const brightestAddress = (clip: string): string => at('clips', clip, 'keep-mask', 'brightest.png');
export const thumbnailAddress = (clip: string): string => at('clips', clip, 'thumbnail.png');
