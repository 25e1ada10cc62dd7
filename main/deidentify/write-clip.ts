import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SystolaError } from '../../core/error.ts';
import { FileSource } from '../dicom/byte-source.ts';
import { openInstance } from '../dicom/instance.ts';
import { alteredFile, hashFile } from '../dicom/stored-file.ts';
import { fileError } from '../files/file-error.ts';
import type { ClipTask, DeidentifiedClip } from './clip-task.ts';
import { deidentifiedHead } from './deidentified-clip.ts';
import { encodeHeader, undefinedLength } from './out-element.ts';
import type { CleanedPixels, CleanPixels } from './pixels/cleaned-pixels.ts';
import { makeFolder } from '../files/make-folder.ts';

const pixelDataTag = 0x7fe0_0010;
const itemTag = 0xfffe_e000;
const sequenceEndTag = 0xfffe_e0dd;
const mostBytes = 0xffff_fffe;
const littleExplicit = { explicit: true, littleEndian: true } as const;

/**
 * Reads a clip, takes out who it is of, and writes what is left as a file of its own: frame after frame, so that no clip
 * is held as a whole. It blocks its thread and is meant for one of its own.
 *
 * @param onFrame called after each frame that was written
 * @throws SystolaError of reading and cleaning; `disk-full`, `unreadable` where it cannot be written
 */
export async function writeClip(
  task: ClipTask,
  clean: CleanPixels,
  onFrame: (done: number, of: number) => void,
): Promise<DeidentifiedClip> {
  const { path, fileName, sha256, target } = task;
  const content = sha256 === null ? null : hashFile(path);
  using source = new FileSource(path);
  if (content !== null && (content.sha256 !== sha256 || content.stamp !== source.stamp)) {
    throw alteredFile(fileName);
  }
  const clip = openInstance(source, fileName);
  const pixels = await clean(clip, task.mask, fileName);
  const head = deidentifiedHead(source, clip, pixels, task);
  const out = await Output.at(target);
  let bytes: number;
  try {
    await out.write(head.bytes);
    const frames = clip.frames.length;
    const counted = (async function* () {
      let done = 0;
      for await (const frame of pixels.frames()) {
        yield frame;
        onFrame((done += 1), frames);
      }
      if (done !== frames) throw new Error(`${done} frames were cleaned of ${frames}.`);
    })();
    if (pixels.encapsulated) await writeFragments(out, counted, frames);
    else await writeNative(out, counted, pixels.vr, head.encoding);
    bytes = await out.finish();
  } finally {
    await out.close();
  }
  const { sopInstanceUid, seriesInstanceUid, studyInstanceUid, patient, transferSyntaxUid, removed } = head;
  const { method, blackFrames } = pixels;
  return {
    ...{ sopInstanceUid, seriesInstanceUid, studyInstanceUid, patient, transferSyntaxUid, removed },
    ...{ method, blackFrames },
    bytes,
    sha256: hashFile(target).sha256,
  };
}

/** Frames as fragments, with their Basic Offset Table (PS3.5 annex A.4) where their places fit into it. */
async function writeFragments(out: Output, frames: AsyncIterable<Uint8Array>, count: number): Promise<void> {
  await out.write(encodeHeader(pixelDataTag, 'OB', undefinedLength, littleExplicit));
  const table = new DataView(new ArrayBuffer(count * 4));
  await out.write(encodeHeader(itemTag, null, table.byteLength, littleExplicit));
  const tableAt = out.position;
  await out.write(new Uint8Array(table.buffer));
  const first = out.position;
  let index = 0;
  for await (const frame of frames) {
    const at = out.position - first;
    if (at > mostBytes) throw new SystolaError('too-large', 'Its pixel data have more than 4 GiB.');
    table.setUint32(index * 4, at, true);
    index += 1;
    await out.write(encodeHeader(itemTag, null, frame.length + (frame.length % 2), littleExplicit));
    await out.write(frame);
    if (frame.length % 2 === 1) await out.write(new Uint8Array(1));
  }
  await out.write(encodeHeader(sequenceEndTag, null, 0, littleExplicit));
  await out.patch(tableAt, new Uint8Array(table.buffer));
}

/** Frames as one value, whose length is known when the last is there. */
async function writeNative(
  out: Output,
  frames: AsyncIterable<Uint8Array>,
  vr: CleanedPixels['vr'],
  encoding: Parameters<typeof encodeHeader>[3],
): Promise<void> {
  const headerAt = out.position;
  await out.write(encodeHeader(pixelDataTag, vr, 0, encoding));
  const first = out.position;
  for await (const frame of frames) await out.write(frame);
  if ((out.position - first) % 2 === 1) await out.write(new Uint8Array(1));
  const length = out.position - first;
  if (length > mostBytes) throw new SystolaError('too-large', 'Its pixel data have more than 4 GiB.');
  await out.patch(headerAt, encodeHeader(pixelDataTag, vr, length, encoding));
}

/** A new file that is written from its beginning to its end. */
class Output {
  readonly #file: FileHandle;
  readonly #path: string;
  #position = 0;

  private constructor(file: FileHandle, path: string) {
    this.#file = file;
    this.#path = path;
  }

  static async at(path: string): Promise<Output> {
    return named(path, async () => {
      await makeFolder(dirname(path));
      return new Output(await open(path, 'wx'), path);
    });
  }

  get position(): number {
    return this.#position;
  }

  async write(bytes: Uint8Array): Promise<void> {
    await this.patch(this.#position, bytes);
    this.#position += bytes.length;
  }

  async patch(position: number, bytes: Uint8Array): Promise<void> {
    await named(this.#path, async () => {
      for (let done = 0; done < bytes.length;) {
        const { bytesWritten } = await this.#file.write(bytes, done, bytes.length - done, position + done);
        done += bytesWritten;
      }
    });
  }

  /** Flushes it to disk. */
  async finish(): Promise<number> {
    await named(this.#path, () => this.#file.sync());
    return this.#position;
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}

async function named<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const known = fileError(error, path);
    if (known instanceof SystolaError && known.code !== 'disk-full') {
      throw new SystolaError('unreadable', `The file could not be written: ${known.message}`, path, {
        cause: error,
      });
    }
    if (known === error && error instanceof Error && 'code' in error) {
      const code = String(error.code);
      throw new SystolaError('unreadable', `The file could not be written (${code}).`, path, {
        cause: error,
      });
    }
    throw known;
  }
}
