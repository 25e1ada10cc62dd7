import { createReadStream } from 'node:fs';
import { readHashedObject } from '../dicom/guarded-reader.ts';
import type { ObjectFacts } from '../dicom/object-facts.ts';
import { fileError } from '../files/file-error.ts';
import { SystolaError } from '../../core/error.ts';
import { ownDataBytes } from './pdu.ts';
import type { SendableObject } from './store.ts';

/** An object that is ready to be sent, with what the audit log says of it. */
export interface PreparedObject extends SendableObject, ObjectFacts {
  /** Of the whole file. */
  readonly sha256: string;
}

export interface FileToSend {
  readonly path: string;
  /** As the user knows it. */
  readonly name: string;
  /** What the file has to hold, of one of the library's store. */
  readonly sha256?: string;
}

/**
 * Looks into a file in the worker thread, so that a hostile one costs itself, and makes it ready to be sent.
 *
 * @throws SystolaError of a file that cannot be read, is no DICOM object, or is not what was stored
 */
export async function fileToSend({ path, name, sha256 }: FileToSend): Promise<PreparedObject> {
  const facts = await readHashedObject(path, name, sha256);
  return { name, ...facts, dataSet: () => dataSetOf(path, name, facts) };
}

/** @throws SystolaError of a disk that does not answer, `file-altered` of a file that became shorter meanwhile */
async function* dataSetOf(
  path: string,
  name: string,
  { dataSetOffset, bytes }: ObjectFacts,
): AsyncGenerator<Uint8Array, void, undefined> {
  let left = bytes - dataSetOffset;
  try {
    const range = { start: dataSetOffset, end: bytes - 1, highWaterMark: ownDataBytes };
    for await (const chunk of createReadStream(path, range) as AsyncIterable<Buffer>) {
      left -= chunk.length;
      yield chunk;
    }
  } catch (error) {
    throw fileError(error, name);
  }
  if (left !== 0) {
    throw new SystolaError('file-altered', 'The file was changed while it was sent. Send it again.', name);
  }
}
