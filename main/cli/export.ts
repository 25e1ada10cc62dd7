import { join } from 'node:path';
import { SystolaError } from '../../core/error.ts';
import type { Services } from '../application/services.ts';
import { ExportRun } from '../application/export-run.ts';
import { chosenFormats, dicomObjects, exportFormats } from '../export/exporters.ts';
import { endedBy, failureLine, optionsOrExitCode, untilStopped } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import { type ExportOptions, exportUsage, parseExportOptions } from './export-options.ts';
import { libraryNamed, openedLibrary } from './opened-library.ts';
import { prepareOutput } from './output-folder.ts';
import { StagedOutput } from '../files/staged-output.ts';

/** `systola export`: returns the exit code. */
export async function runExport(argv: readonly string[]): Promise<number> {
  const formats = exportFormats();
  const set = { name: dicomObjects, ids: formats.filter((one) => one.isDefaultObject).map(({ id }) => id) };
  const options = optionsOrExitCode(argv, exportUsage(formats, set), () =>
    parseExportOptions(argv, formats, set),
  );
  if (typeof options === 'number') return options;
  const refused = await prepareOutput(options.out);
  if (refused !== null) return refused;
  return untilStopped((signal) => exportFrom(options, signal));
}

async function exportFrom(options: ExportOptions, signal: AbortSignal): Promise<number> {
  let services: Services;
  try {
    services = await openedLibrary(libraryNamed(options.library));
  } catch (error) {
    if (!(error instanceof SystolaError)) throw error;
    console.error(failureLine(error));
    return exitCodes.nothing;
  }
  try {
    const failures = await write(services, options, signal);
    for (const failure of failures) console.error(failureLine(failure));
    return failures.length === 0 ? exitCodes.done : exitCodes.partly;
  } catch (error) {
    return endedBy(error, signal);
  } finally {
    await services.close();
  }
}

/** Every file whole and all of them into place at the end; returns what could not be exported and why. */
async function write(
  services: Services,
  { studies, formats, out, patientInNames, overwrite }: ExportOptions,
  signal: AbortSignal,
): Promise<SystolaError[]> {
  await using staged = await StagedOutput.in(out);
  const order = { studies, formats: chosenFormats(formats), withPatient: patientInNames };
  const run = new ExportRun(services, { ...order, destination: 'folder' }, staged);
  const failures: SystolaError[] = [];
  const written: string[] = [];
  for await (const step of run.make(signal)) {
    if (step.kind === 'refused') failures.push(ofFormat(step.error, step.format));
    else if (step.kind === 'left-out') console.error(leftOutLine(step));
    else written.push(step.path);
  }
  signal.throwIfAborted();
  await run.deliver(() => staged.publish({ replace: overwrite }));
  for (const path of written) console.log(join(out, path));
  return failures;
}

const leftOutLine = ({ study, instances }: { readonly study: string; readonly instances: number }): string =>
  `${study}: ${instances} deleted ${instances === 1 ? 'file was' : 'files were'} left out, which could still be taken back.`;

/** The failure, saying of which format. */
const ofFormat = (error: SystolaError, format: string | null): SystolaError =>
  format === null
    ? error
    : new SystolaError(error.code, `${format}: ${error.message}`, error.file, { cause: error });
