/*
 * Worker thread that reads and decodes DICOM files by path. It answers one request at a time; the pool that started
 * it watches the time and ends the thread when a file has it running in circles.
 */
import { parentPort } from 'node:worker_threads';
import type { EcgTrace } from '../../core/clip/ecg.ts';
import type { FramePixels } from '../../core/clip/clip.ts';
import { SystolaError } from '../../core/error.ts';
import { FileSource, MemorySource } from './byte-source.ts';
import { cut, cutFileName, maxTextCharacters } from './ceilings.ts';
import { loadJpeg } from './codec/jpeg.ts';
import { decodeFrame } from './decode-frame.ts';
import { unreadable } from './file-error.ts';
import { readEcg } from './ecg/ecg.ts';
import { readHeader } from './header.ts';
import { openInstance, type Instance, type OpenInstance } from './instance.ts';
import { objectFacts } from './object-facts.ts';
import { readClipOrTell, readDocument, readDocumentContours } from './read-object.ts';
import { refusal } from './refusal.ts';
import { alteredFile, hashFile } from './stored-file.ts';
import type { HashedObject, WorkerFailure, WorkerMessage, WorkerRequest } from './worker-messages.ts';

if (parentPort === null) throw new Error('dicom-worker.ts runs as a worker thread only');
const port = parentPort;

interface OpenFile {
  readonly stamp: string;
  readonly instance: Pick<OpenInstance, 'pixels' | 'frames'>;
  /** The inflated data set of a deflated file; everything else is read from disk again, frame by frame. */
  readonly memory: MemorySource | null;
}

/** Parsed files, latest last. Frame tables are small; an inflated file is not, so only the latest of those stays. */
const openFiles = new Map<string, OpenFile>();
const keptFiles = 8;

function openFile(source: FileSource, path: string, fileName: string): OpenFile {
  const known = openFiles.get(path);
  openFiles.delete(path);
  const file = known?.stamp === source.stamp ? known : parseFile(source, fileName);
  for (const [other, { memory }] of openFiles) {
    if (openFiles.size >= keptFiles || (memory !== null && file.memory !== null)) openFiles.delete(other);
  }
  openFiles.set(path, file);
  return file;
}

function parseFile(source: FileSource, fileName: string): OpenFile {
  const { pixels, frames, source: frameSource } = openInstance(source, fileName);
  return {
    stamp: source.stamp,
    instance: { pixels, frames },
    memory: frameSource instanceof MemorySource ? frameSource : null,
  };
}

/** What is read of a file; where a hash is given, only of one that has it. */
function readAt<T>(
  { path, fileName, sha256 }: { path: string; fileName: string; sha256?: string },
  read: (source: FileSource, fileName: string) => T,
): T {
  const content = sha256 === undefined ? null : hashFile(path);
  using source = new FileSource(path);
  if (content !== null && (content.sha256 !== sha256 || content.stamp !== source.stamp)) {
    throw alteredFile(fileName);
  }
  return read(source, fileName);
}

function instanceOf(source: FileSource, fileName: string): Instance {
  const { clip, study, pixels, transducer } = openInstance(source, fileName);
  return { clip, study, pixels, transducer };
}

const ecgOf = (source: FileSource, fileName: string): EcgTrace | null =>
  readEcg(readHeader(source, fileName).attributes);

function readObjectAt(path: string, fileName: string, sha256: string | undefined): HashedObject {
  const content = hashFile(path);
  using source = new FileSource(path);
  if (content.stamp !== source.stamp || (sha256 !== undefined && content.sha256 !== sha256)) {
    throw alteredFile(fileName);
  }
  return { ...objectFacts(source, fileName), sha256: content.sha256 };
}

async function frameAt(
  path: string,
  fileName: string,
  frame: number,
  stamp: string | undefined,
): Promise<FramePixels> {
  using source = new FileSource(path);
  if (stamp !== undefined && stamp !== source.stamp) throw alteredFile(fileName);
  const file = openFile(source, path, fileName);
  send({ kind: 'opened' });
  if (file.memory === null) return await decodeFrame(file.instance, source, frame, fileName);
  const pixels = await decodeFrame(file.instance, file.memory, frame, fileName);
  // The pixels may be a view of the kept data set, which must not leave with them.
  return { ...pixels, data: pixels.data.slice() };
}

async function answer(request: WorkerRequest): Promise<void> {
  if (request.kind === 'load') {
    await loadJpeg();
    send({ kind: 'result', result: null });
  } else if (request.kind === 'instance') {
    send({ kind: 'result', result: readAt(request, instanceOf) });
  } else if (request.kind === 'clip-or-report') {
    send({ kind: 'result', result: readAt(request, readClipOrTell) });
  } else if (request.kind === 'report') {
    send({ kind: 'result', result: readAt(request, readDocument) });
  } else if (request.kind === 'contours') {
    send({ kind: 'result', result: readAt(request, readDocumentContours) });
  } else if (request.kind === 'ecg') {
    send({ kind: 'result', result: readAt(request, ecgOf) });
  } else if (request.kind === 'object') {
    const { path, fileName, sha256 } = request;
    send({ kind: 'result', result: readObjectAt(path, fileName, sha256) });
  } else if (request.kind === 'hash') {
    send({ kind: 'result', result: hashFile(request.path) });
  } else {
    const frame = await frameAt(request.path, request.fileName, request.frame, request.stamp);
    const { buffer, byteLength } = frame.data;
    const data = buffer.byteLength === byteLength ? frame.data : frame.data.slice();
    send({ kind: 'result', result: { ...frame, data } }, [data.buffer as ArrayBuffer]);
  }
}

function send(message: WorkerMessage, transfer: ArrayBuffer[] = []): void {
  port.postMessage(message, transfer);
}

function failureOf(error: unknown, request: WorkerRequest): WorkerFailure {
  const file = request.kind === 'load' ? '' : request.fileName;
  const known =
    error instanceof SystolaError
      ? error
      : (unreadable(error, file) ?? refusal('malformed', file, 'The file is damaged and cannot be read.'));
  // Messages quote the file, so they have a ceiling too.
  const { code, message, file: named } = known;
  return {
    code,
    message: cut(message, maxTextCharacters),
    file: named === null ? null : cutFileName(named, maxTextCharacters),
  };
}

port.on('message', (request: WorkerRequest) => {
  answer(request).catch((error: unknown) => send({ kind: 'failure', failure: failureOf(error, request) }));
});
send({ kind: 'ready' });
