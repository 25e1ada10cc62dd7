import { createReadStream, type ReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { ZipFile } from 'yazl';

/** What is packed already only costs time to pack again. */
const packed = new Set(['.avi', '.gz', '.jpg', '.mp4', '.png', '.zip']);

/**
 * A ZIP of files of a folder, piece by piece; of each file no more is in memory than what is on its way.
 *
 * @param names of the files, relative to the folder
 * @param modified the time that the archive gives them all: when they were made
 */
export async function* zipOf(
  folder: string,
  names: readonly string[],
  modified: Date,
): AsyncGenerator<Uint8Array> {
  const zip = new ZipFile();
  const output = zip.outputStream as Readable;
  let reading: ReadStream | null = null;
  zip.on('error', (error: Error) => output.destroy(error));
  for (const name of names) {
    const path = join(folder, name);
    const compress = !packed.has(extname(name).toLowerCase());
    const options = { mtime: modified, mode: 0o100644, compress, size: (await stat(path)).size };
    zip.addReadStreamLazy(name.replaceAll('\\', '/'), options, (open) => {
      reading = createReadStream(path);
      reading.on('error', (error) => zip.emit('error', error));
      open(null, reading);
    });
  }
  zip.end();
  try {
    for await (const piece of output) yield piece as Uint8Array;
  } finally {
    // Whoever wants no more of it leaves no file open.
    (reading as ReadStream | null)?.destroy();
  }
}
