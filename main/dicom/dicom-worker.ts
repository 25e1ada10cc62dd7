/*
 * Worker thread that reads and decodes DICOM files by path. It answers one request at a time; the pool that started
 * it watches the time and ends the thread when a file has it running in circles.
 */
import { statSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import type { FramePixels } from '../../core/clip/clip.ts';
import { SystolaError } from '../../core/error.ts';
import { FileSource, MemorySource } from './byte-source.ts';
import { loadJpeg } from './codec/jpeg.ts';
import { decodeFrame } from './decode-frame.ts';
import { unreadable } from './file-error.ts';
import { openInstance, type Instance, type OpenInstance } from './instance.ts';
import { refusal } from './refusal.ts';
import type { WorkerFailure, WorkerMessage, WorkerRequest } from './worker-messages.ts';

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

function openFile(path: string, fileName: string): OpenFile {
  const { size, mtimeMs } = statSync(path);
  const stamp = `${size} ${mtimeMs}`;
  const known = openFiles.get(path);
  openFiles.delete(path);
  const file = known?.stamp === stamp ? known : parseFile(path, fileName, stamp);
  for (const [other, { memory }] of openFiles) {
    if (openFiles.size >= keptFiles || (memory !== null && file.memory !== null)) openFiles.delete(other);
  }
  openFiles.set(path, file);
  return file;
}

function parseFile(path: string, fileName: string, stamp: string): OpenFile {
  using source = new FileSource(path);
  const { pixels, frames, source: frameSource } = openInstance(source, fileName);
  return {
    stamp,
    instance: { pixels, frames },
    memory: frameSource instanceof MemorySource ? frameSource : null,
  };
}

function readInstanceAt(path: string, fileName: string): Instance {
  using source = new FileSource(path);
  const { clip, study, pixels } = openInstance(source, fileName);
  return { clip, study, pixels };
}

async function frameAt(path: string, fileName: string, frame: number): Promise<FramePixels> {
  const file = openFile(path, fileName);
  if (file.memory !== null) {
    const pixels = await decodeFrame(file.instance, file.memory, frame, fileName);
    // The pixels may be a view of the kept data set, which must not leave with them.
    return { ...pixels, data: pixels.data.slice() };
  }
  using source = new FileSource(path);
  return await decodeFrame(file.instance, source, frame, fileName);
}

async function answer(request: WorkerRequest): Promise<void> {
  if (request.kind === 'load') {
    await loadJpeg();
    send({ kind: 'result', result: null });
  } else if (request.kind === 'instance') {
    send({ kind: 'result', result: readInstanceAt(request.path, request.fileName) });
  } else {
    const frame = await frameAt(request.path, request.fileName, request.frame);
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
  return { code: known.code, message: known.message, file: known.file };
}

port.on('message', (request: WorkerRequest) => {
  answer(request).catch((error: unknown) => send({ kind: 'failure', failure: failureOf(error, request) }));
});
send({ kind: 'ready' });
