import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { SystolaError } from '../../core/error.ts';
import { fileError } from '../files/file-error.ts';
import { tooLarge } from './bounded-file.ts';

/**
 * Writes a stream into a new file and flushes it to disk.
 * @param limit bytes; a longer stream is refused where it passes it
 * @param shownAs the file as the user knows it
 * @throws SystolaError `too-large`, `disk-full`, `unreadable`, `cancelled`
 */
export async function receiveFile(
  stream: Readable,
  path: string,
  { limit, shownAs, signal }: { limit: number; shownAs: string; signal: AbortSignal },
): Promise<void> {
  let bytes = 0;
  let brokeOff = true;
  // A stream that stands still would otherwise be waited for.
  const stop = (): void => void stream.destroy();
  signal.addEventListener('abort', stop, { once: true });
  try {
    if (signal.aborted) throw cancelled();
    const file = await open(path, 'wx', 0o600);
    try {
      for await (const part of stream) {
        if (signal.aborted) throw cancelled();
        const chunk = part as Buffer;
        bytes += chunk.length;
        if (bytes > limit) throw tooLarge(shownAs, limit);
        await file.writeFile(chunk);
      }
      brokeOff = false;
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    stream.destroy();
    if (signal.aborted) throw cancelled();
    const named = fileError(error, shownAs);
    if (named instanceof SystolaError || !brokeOff) throw named;
    throw new SystolaError('unreadable', 'It broke off before its end. Add the folder again.', shownAs, {
      cause: error,
    });
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function cancelled(): SystolaError {
  return new SystolaError('cancelled', 'Adding the model was cancelled.');
}
