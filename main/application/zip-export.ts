import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { StagedOutput } from '../files/staged-output.ts';
import { writeError } from '../files/write-error.ts';
import { zipOf } from '../files/zip-of.ts';
import { ExportRun, type ExportOrder, type ExportServices, type ExportStep } from './export-run.ts';

const outgoingFolder = 'outgoing';

/**
 * An export as ZIP. Every file is made before the archive begins, in a folder of the library that goes with the last
 * piece: an archive that has begun does not fail for what is in it. Where nothing could be made there is none.
 *
 * @param onStep what came of each file
 * @returns its pieces; `null` where every file was refused
 * @throws SystolaError `disk-full`, `unwritable`, or of the audit log; the signal's reason
 */
export async function zipExport(
  services: ExportServices,
  order: Omit<ExportOrder, 'destination'>,
  signal: AbortSignal,
  onStep: (step: ExportStep) => void,
): Promise<ReadableStream<Uint8Array> | null> {
  const outgoing = join(services.library.path, outgoingFolder);
  await mkdir(outgoing, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
    throw writeError(error, outgoing);
  });
  const staged = await StagedOutput.in(outgoing);
  try {
    const run = new ExportRun(services, { ...order, destination: 'zip' }, staged);
    for await (const step of run.make(signal)) onStep(step);
    await run.deliver();
    const names = await staged.files();
    if (names.length > 0) return piecesOf(staged, names);
  } catch (error) {
    await staged[Symbol.asyncDispose]();
    throw error;
  }
  await staged[Symbol.asyncDispose]();
  return null;
}

/** The archive; the staged files go when it was read to its end, or when nobody wants the rest. */
function piecesOf(staged: StagedOutput, names: readonly string[]): ReadableStream<Uint8Array> {
  const pieces = zipOf(staged.path(), names, new Date());
  const end = async (): Promise<void> => {
    await pieces.return(undefined);
    await staged[Symbol.asyncDispose]();
  };
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await pieces.next();
        if (done !== true) return controller.enqueue(value);
      } catch (error) {
        await end();
        throw error;
      }
      await end();
      controller.close();
    },
    cancel: end,
  });
}
