import { close as closeFile, open as openFile } from 'node:fs';
import { Transform, type Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { fromFd, getFileNameLowLevel, type Entry, type ZipFile } from 'yauzl';
import { SystolaError } from '../../core/error.ts';
import type { Listed } from './candidate.ts';
import type { ImportLimits } from './limits.ts';
import { isDropping } from './droppings.ts';

/**
 * Entries of a ZIP archive, folders left out. Names are only shown, never used as paths, so that an entry
 * cannot be written anywhere. Sizes are checked before and while inflating.
 *
 * @throws SystolaError `archive-damaged`, `archive-too-large`
 */
export async function* listZip(
  path: string,
  name: string,
  limits: ImportLimits,
  signal: AbortSignal,
): AsyncGenerator<Listed> {
  const inflatedBytes = await inspect(path, name, limits, signal);
  const archive = await openArchive(path, name);
  try {
    const budget = { left: inflatedBytes };
    for (;;) {
      signal.throwIfAborted();
      const entry = await nextEntry(archive, name);
      if (entry === null) return;
      const entryName = nameOf(entry);
      if (entryName.endsWith('/') || entryName.split('/').some(isDropping)) continue;
      yield listEntry(archive, entry, `${name}/${entryName}`, limits, budget);
    }
  } finally {
    archive.close();
  }
}

/** A local header without its name and extra field, which lies in front of every entry's bytes (APPNOTE 4.3.7). */
const localHeaderBytes = 30;
/** Entries between two turns of others: listing waits for the disk only now and then. */
const entriesPerTurn = 500;

/**
 * Goes through the list of entries before any is unpacked, and returns how many bytes all of them together may unpack
 * to. Entries that share bytes are how a small archive unpacks to gigabytes, and nothing honest writes them.
 */
async function inspect(
  path: string,
  name: string,
  limits: ImportLimits,
  signal: AbortSignal,
): Promise<number> {
  const archive = await openArchive(path, name);
  try {
    if (archive.entryCount > limits.archiveEntries) {
      throw new SystolaError(
        'archive-too-large',
        `The archive holds ${archive.entryCount} files, more than the ${limits.archiveEntries} that are taken. Unpack it and choose the folder.`,
        name,
      );
    }
    const ranges: { readonly start: number; readonly end: number }[] = [];
    for (let entry = await nextEntry(archive, name); entry !== null; entry = await nextEntry(archive, name)) {
      signal.throwIfAborted();
      const start = entry.relativeOffsetOfLocalHeader;
      ranges.push({ start, end: start + localHeaderBytes + entry.compressedSize });
      if (ranges.length % entriesPerTurn === 0) await turn();
    }
    ranges.sort((a, b) => a.start - b.start);
    for (let index = 1; index < ranges.length; index += 1) {
      if (ranges[index]!.start >= ranges[index - 1]!.end) continue;
      throw new SystolaError(
        'archive-damaged',
        'Files in the archive overlap, which is done to make it unpack to far more than it holds. It is not opened.',
        name,
      );
    }
    const most = Math.max(limits.ratioFloorBytes, archive.fileSize * limits.inflationRatio);
    return Math.min(limits.archiveInflatedBytes, most);
  } finally {
    archive.close();
  }
}

function listEntry(
  archive: ZipFile,
  entry: Entry,
  name: string,
  limits: ImportLimits,
  budget: { left: number },
): Listed {
  const error = entryProblem(entry, name, limits, budget.left);
  if (error !== null) return { candidate: null, error };
  budget.left -= entry.uncompressedSize;
  const open = async (): Promise<Readable> => {
    try {
      const packed = await new Promise<Readable>((resolve, reject) =>
        archive.openReadStream(entry, (problem, stream) => (problem ? reject(problem) : resolve(stream))),
      );
      return checked(packed, entry.crc32, name);
    } catch (cause) {
      throw damaged(cause, name);
    }
  };
  return { candidate: { name, path: null, archived: true, open }, error: null };
}

/** The entry's bytes, with an error at their end when they are not the ones that were packed. */
function checked(packed: Readable, expected: number, name: string): Readable {
  let sum = 0;
  const check = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sum = crc32(chunk, sum);
      done(null, chunk);
    },
    flush(done) {
      done(sum === expected ? null : damaged(new Error('a checksum does not match'), name));
    },
  });
  packed.once('error', (error) => check.destroy(damaged(error, name)));
  check.once('close', () => packed.destroy());
  return packed.pipe(check);
}

function entryProblem(entry: Entry, name: string, limits: ImportLimits, budget: number): SystolaError | null {
  if (entry.isEncrypted()) {
    return new SystolaError(
      'unreadable',
      'It is encrypted. Unpack the archive with its password first.',
      name,
    );
  }
  const size = entry.uncompressedSize;
  if (size > limits.fileBytes) {
    return new SystolaError(
      'too-large',
      `It unpacks to ${size} bytes, more than is taken for one file.`,
      name,
    );
  }
  if (size > budget) {
    return new SystolaError(
      'archive-too-large',
      'The archive unpacks to more than is taken from one archive. Unpack it and choose the folder.',
      name,
    );
  }
  if (size > limits.ratioFloorBytes && size > entry.compressedSize * limits.inflationRatio) {
    return new SystolaError(
      'archive-too-large',
      `It unpacks to more than ${limits.inflationRatio} times its packed size, which no ultrasound clip does.`,
      name,
    );
  }
  return null;
}

function openArchive(path: string, name: string): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    openFile(path, 'r', (openError, descriptor) => {
      if (openError) return reject(openError);
      // Strings are decoded here: yauzl would refuse a whole archive for one name that looks like a path.
      const options = { lazyEntries: true, autoClose: false, decodeStrings: false, validateEntrySizes: true };
      fromFd(descriptor, options, (error, archive) => {
        if (error === null) return resolve(archive);
        // What is no archive leaves its file to whoever opened it.
        closeFile(descriptor, () => reject(damaged(error, name)));
      });
    });
  });
}

function nextEntry(archive: ZipFile, name: string): Promise<Entry | null> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void): void => {
      archive.off('entry', onEntry);
      archive.off('end', onEnd);
      archive.off('error', onError);
      act();
    };
    const onEntry = (entry: Entry): void => settle(() => resolve(entry));
    const onEnd = (): void => settle(() => resolve(null));
    const onError = (error: unknown): void => settle(() => reject(damaged(error, name)));
    archive.on('entry', onEntry);
    archive.on('end', onEnd);
    archive.on('error', onError);
    archive.readEntry();
  });
}

function nameOf(entry: Entry): string {
  const text = getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, false);
  return text.replaceAll('\\', '/');
}

function damaged(error: unknown, name: string): SystolaError {
  const reason = error instanceof Error ? error.message : String(error);
  return new SystolaError(
    'archive-damaged',
    `The archive cannot be read (${reason}). Copy or download it again.`,
    name,
    { cause: error },
  );
}
