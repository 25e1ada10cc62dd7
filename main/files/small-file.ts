import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';

/** A file that somebody put into the library, read whole. */
export interface SmallFile {
  /** Other where the file is another, as far as can be seen without reading it. */
  readonly mark: string;
  /** Its bytes. @throws Error of reading */
  read(): Uint8Array;
}

/**
 * Opens a file that must be a file and no larger than `mostBytes`, and hands it to `use`. Without waiting: a pipe of that name
 * would keep everything waiting for whoever writes into it.
 *
 * @throws Error why it cannot be read
 */
export function withSmallFile<Result>(
  path: string,
  mostBytes: number,
  use: (file: SmallFile) => Result,
): Result {
  const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const status = fstatSync(file);
    if (!status.isFile()) throw new Error('it is no file');
    if (status.size > mostBytes) throw new Error(`it is larger than ${mostBytes} bytes`);
    return use({
      mark: `${status.ino} ${status.size} ${status.mtimeMs}`,
      read: () => readFileSync(file),
    });
  } finally {
    closeSync(file);
  }
}
