import { ExportRun, type ExportOrder, type ExportServices, type ExportStep } from './export-run.ts';
import { stagedOutgoing, zipStream } from './outgoing.ts';

/**
 * An export as ZIP. Every file is made before the archive begins: one that has begun does not fail for what is in it.
 * Where nothing could be made there is none.
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
  const staged = await stagedOutgoing(services.library);
  try {
    const run = new ExportRun(services, { ...order, destination: 'zip' }, staged);
    for await (const step of run.make(signal)) onStep(step);
    await run.deliver();
    if ((await staged.files()).length > 0) return await zipStream(staged);
  } catch (error) {
    await staged[Symbol.asyncDispose]();
    throw error;
  }
  await staged[Symbol.asyncDispose]();
  return null;
}
