/*
 * Worker thread that reads clips, cleans their pixels and writes them without identities. Studies are hostile input until
 * parsed: who started it ends it when it says nothing for too long.
 */
import { parentPort } from 'node:worker_threads';
import { SystolaError } from '../../../core/error.ts';
import { FileSource } from '../../dicom/byte-source.ts';
import { unreadable } from '../../dicom/file-error.ts';
import { readHeader } from '../../dicom/header.ts';
import { openInstance } from '../../dicom/instance.ts';
import { identifyingTexts } from '../identifiers.ts';
import { cleanPixels } from '../pixels/clean-pixels.ts';
import { previewCleaning } from '../pixels/preview.ts';
import { suggestMask } from '../pixels/suggest-mask.ts';
import { writeClip } from '../write-clip.ts';
import type { ClipAnswer, ClipRequest, ClipResults } from './clip-requests.ts';

if (parentPort === null) throw new Error('clip-worker.ts runs as a worker thread only');
const port = parentPort;

async function answer(request: ClipRequest): Promise<ClipResults[keyof ClipResults]> {
  if (request.kind === 'write') {
    return writeClip(request, cleanPixels, (done, of) => send({ kind: 'frame', done, of }));
  }
  const { path, fileName } = request;
  using source = new FileSource(path);
  if (request.kind === 'names') {
    const { attributes } = readHeader(source, fileName);
    return {
      ...identifyingTexts(attributes),
      studyInstanceUid: attributes.text('x0020000d', 'UI') ?? '',
    };
  }
  const clip = openInstance(source, fileName);
  return request.kind === 'suggest'
    ? await suggestMask(clip, fileName)
    : await previewCleaning(clip, request.mask, fileName);
}

function send(message: ClipAnswer): void {
  port.postMessage(message);
}

function failureOf(error: unknown, { fileName }: ClipRequest): ClipAnswer {
  const known = error instanceof SystolaError ? error : unreadable(error, fileName);
  if (known !== null) {
    return { kind: 'failure', code: known.code, message: known.message, file: known.file ?? fileName };
  }
  return {
    kind: 'failure',
    code: 'malformed',
    message: 'The file is damaged and cannot be de-identified.',
    file: fileName,
    ...(error instanceof Error && error.stack !== undefined ? { stack: error.stack } : {}),
  };
}

port.on('message', (request: ClipRequest) => {
  answer(request).then(
    (result) => send({ kind: 'result', result }),
    (error: unknown) => send(failureOf(error, request)),
  );
});
