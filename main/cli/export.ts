import { join } from 'node:path';
import { SystolaError } from '../../core/error.ts';
import { exportFileName } from '../../core/export/export-file-name.ts';
import type { Services } from '../application/services.ts';
import { exportStudy } from '../application/study-export.ts';
import { exporterOf, exportFormats } from '../export/exporters.ts';
import { writeAtomically } from '../files/write-atomically.ts';
import { asksForHelp, failureLine, untilStopped } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import { type ExportOptions, exportUsage, parseExportOptions } from './export-options.ts';
import { libraryNamed, openedLibrary } from './opened-library.ts';
import { prepareOutput } from './output-folder.ts';
import { StagedOutput } from './staged-output.ts';

/** `systola export`: returns the exit code. */
export async function runExport(argv: readonly string[]): Promise<number> {
  const formats = exportFormats();
  if (asksForHelp(argv)) {
    console.log(exportUsage(formats));
    return exitCodes.done;
  }
  let options: ExportOptions;
  try {
    options = parseExportOptions(argv, formats);
  } catch (error) {
    if (!(error instanceof SystolaError)) throw error;
    console.error(`${error.message}\n\n${exportUsage(formats)}`);
    return exitCodes.usage;
  }
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
    if (signal.aborted) {
      console.error('Stopped; nothing was written.');
      return exitCodes.interrupted;
    }
    if (!(error instanceof SystolaError)) throw error;
    console.error(failureLine(error));
    return exitCodes.partly;
  } finally {
    await services.close();
  }
}

/** Every file whole and all of them into place at the end; returns what could not be exported and why. */
async function write(
  services: Services,
  { studies, formats, out, patientInNames }: ExportOptions,
  signal: AbortSignal,
): Promise<SystolaError[]> {
  await using staged = await StagedOutput.in(out);
  const failures: SystolaError[] = [];
  const written: string[] = [];
  for (const study of studies) {
    for (const exporter of formats.map(exporterOf)) {
      signal.throwIfAborted();
      try {
        const document = await services.documents.open(study);
        const bytes = await exportStudy(services, document, exporter, { withPatient: patientInNames });
        const name = exportFileName(document.facts, exporter, { withPatient: patientInNames });
        await writeAtomically(staged.path(name), bytes);
        written.push(name);
      } catch (error) {
        if (!(error instanceof SystolaError)) throw error;
        failures.push(
          new SystolaError(error.code, `${exporter.id}: ${error.message}`, error.file ?? study, {
            cause: error,
          }),
        );
      }
    }
  }
  signal.throwIfAborted();
  await staged.publish();
  for (const name of written) console.log(join(out, name));
  return failures;
}
