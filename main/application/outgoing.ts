import { join } from 'node:path';
import { StagedOutput } from '../files/staged-output.ts';
import { writeError } from '../files/write-error.ts';
import { zipOf } from '../files/zip-of.ts';
import type { Library } from '../library/library.ts';
import { makeFolder } from '../files/make-folder.ts';

const outgoingFolder = 'outgoing';

/**
 * Where files are made that leave as one: a folder of the library, as private as it is.
 *
 * @throws SystolaError `disk-full`, `unwritable`
 */
export async function stagedOutgoing({ path }: Pick<Library, 'path'>): Promise<StagedOutput> {
  const outgoing = join(path, outgoingFolder);
  await makeFolder(outgoing, 0o700).catch((error: unknown) => {
    throw writeError(error, outgoing);
  });
  return StagedOutput.in(outgoing);
}

/** Pieces as a stream; `end` is called once, when the last was read or nobody wants the rest. */
export function streamOf(
  pieces: AsyncGenerator<Uint8Array>,
  end: () => Promise<void>,
): ReadableStream<Uint8Array> {
  const stop = async (): Promise<void> => {
    await pieces.return(undefined);
    await end();
  };
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await pieces.next();
        if (done !== true) return controller.enqueue(value);
      } catch (error) {
        await stop();
        throw error;
      }
      await stop();
      controller.close();
    },
    cancel: stop,
  });
}

/** All staged files as ZIP; they go with its last piece. */
export async function zipStream(staged: StagedOutput): Promise<ReadableStream<Uint8Array>> {
  const pieces = zipOf(staged.path(), await staged.files(), new Date());
  return streamOf(pieces, () => staged[Symbol.asyncDispose]());
}
