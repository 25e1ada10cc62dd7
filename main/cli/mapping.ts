import { resolve } from 'node:path';
import { homedir } from 'node:os';
import { type PresetName, presetNames } from '../../core/deidentify/preset.ts';
import { SystolaError } from '../../core/error.ts';
import { patientMapping } from '../application/patient-mapping.ts';
import { type MappedClip, mappingCsv } from '../deidentify/mapping.ts';
import { writeAtomically } from '../files/write-atomically.ts';
import { defaultLibrary } from '../hosts/default-library.ts';
import { optionsOrExitCode, failureLine } from './command.ts';
import { parsedCommandLine, wrongUsage } from './command-line.ts';
import { exitCodes } from './exit-codes.ts';
import { refuseExisting } from './new-file.ts';
import { openedLibrary } from './opened-library.ts';

const usage = `systola mapping <study UID>... --preset <preset> --out <file> [options]

Writes which patient is which pseudonym, and which clip became which, of studies that left the library with a preset.
Whoever has this table and the files can tell who is who: keep it where the library is. That it was written is in the
audit log.

  --preset <preset>    ${presetNames.join(', ')}
  --out <file>         where to write; a file that is there stays
  --library <dir>      library that the studies are in (default: the workstation's own); close the workstation first

Exit code: 0 it was written, 1 it was not, 2 the library cannot be opened, 64 bad usage.`;

interface MappingOptions {
  readonly studies: readonly string[];
  readonly preset: PresetName;
  readonly out: string;
  readonly library: string;
}

/** Only its owner may read who is who. */
const ownersOnly = 0o600;

/** `systola mapping`: returns the exit code. */
export async function runMapping(argv: readonly string[]): Promise<number> {
  const options = optionsOrExitCode(argv, usage, () => parsed(argv));
  if (typeof options === 'number') return options;
  let code: number = exitCodes.partly;
  try {
    await refuseExisting(options.out);
    code = exitCodes.nothing;
    const services = await openedLibrary(options.library);
    code = exitCodes.partly;
    try {
      const rows: MappedClip[] = [];
      for (const study of options.studies) {
        const document = await services.documents.open(study);
        rows.push(...(await patientMapping(services.library, document, options.preset)));
      }
      await writeAtomically(options.out, mappingCsv(rows), ownersOnly);
    } finally {
      await services.close();
    }
    console.log(resolve(options.out));
    return exitCodes.done;
  } catch (error) {
    if (!(error instanceof SystolaError)) throw error;
    console.error(failureLine(error));
    return code;
  }
}

function parsed(argv: readonly string[]): MappingOptions {
  const { values, positionals } = parsedCommandLine(argv, {
    out: { type: 'string' },
    preset: { type: 'string' },
    library: { type: 'string' },
  });
  const { out, preset } = values;
  if (positionals.length === 0) throw wrongUsage('Name at least one study by its Study Instance UID.');
  if (out === undefined || out === '') throw wrongUsage('Say where to write with --out <file>.');
  const named = presetNames.find((name) => name === preset);
  if (named === undefined)
    throw wrongUsage(`Say with --preset how the studies left: ${presetNames.join(', ')}.`);
  const library = values.library ?? defaultLibrary(process.platform, process.env, homedir());
  return { studies: [...new Set(positionals)], preset: named, out, library };
}
