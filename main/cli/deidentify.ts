import { readdir } from 'node:fs/promises';
import { SystolaError } from '../../core/error.ts';
import { closeGuardedReader } from '../dicom/guarded-reader.ts';
import { fileError } from '../files/file-error.ts';
import { optionsOrExitCode, failureLine, untilStopped } from './command.ts';
import { DeidentifySession } from './deidentify-session.ts';
import { type DeidentifyOptions, deidentifyUsage, parseDeidentifyOptions } from './deidentify-options.ts';
import { exitCodes } from './exit-codes.ts';
import { isInside } from './is-inside.ts';
import { prepareOutput } from './output-folder.ts';

/** `systola deidentify`: returns the exit code. */
export async function runDeidentify(argv: readonly string[]): Promise<number> {
  const options = optionsOrExitCode(argv, deidentifyUsage, () => {
    const options = parseDeidentifyOptions(argv);
    refuseBesideOutput(options);
    return options;
  });
  if (typeof options === 'number') return options;
  const refused = (await prepareOutput(options.out)) ?? (await refuseFull(options.out));
  if (refused !== null) return refused;
  return untilStopped((signal) => deidentify(options, signal));
}

async function deidentify(options: DeidentifyOptions, signal: AbortSignal): Promise<number> {
  try {
    return await new DeidentifySession(options, signal).run();
  } catch (error) {
    if (signal.aborted) {
      console.error('Stopped; nothing was written.');
      return exitCodes.interrupted;
    }
    if (!(error instanceof SystolaError)) throw error;
    console.error(failureLine(error));
    console.error('Nothing was written.');
    return exitCodes.nothing;
  } finally {
    await closeGuardedReader();
  }
}

/** What tells who is who must not travel with what may leave. */
function refuseBesideOutput({ out, keyFile, mapping, previews }: DeidentifyOptions): void {
  for (const [option, path] of Object.entries({ 'key-file': keyFile, mapping, previews })) {
    if (path !== null && isInside(path, out)) {
      throw new SystolaError(
        'bad-request',
        `--${option} ${path} lies in ${out}, which may leave the house. Choose another folder for it.`,
      );
    }
  }
}

/** Nothing may lie there that is not de-identified, or by another key. */
async function refuseFull(out: string): Promise<number | null> {
  try {
    const there = await readdir(out);
    if (there.length === 0) return null;
    console.error(
      `${out}: the folder is not empty (${there[0]}). Choose one that is empty or not there yet.`,
    );
    return exitCodes.usage;
  } catch (error) {
    const named = fileError(error, out);
    if (!(named instanceof SystolaError)) throw error;
    console.error(failureLine(named));
    return exitCodes.nothing;
  }
}
