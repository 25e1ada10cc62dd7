import type { ExportFormat } from '../../core/export/export-format.ts';
import { parsedCommandLine, wrongUsage } from './command-line.ts';

export interface ExportOptions {
  /** Study Instance UIDs, each once. */
  readonly studies: readonly string[];
  /** Folder of the library; null for the workstation's own. */
  readonly library: string | null;
  /** Ids of formats, each once. */
  readonly formats: readonly string[];
  readonly out: string;
  readonly patientInNames: boolean;
  /** Whether files that are there may be replaced. */
  readonly overwrite: boolean;
}

/** A name for several formats together, and their ids. */
export interface FormatSet {
  readonly name: string;
  readonly ids: readonly string[];
}

export const exportUsage = (
  formats: readonly ExportFormat[],
  set: FormatSet,
): string => `systola export <study UID>... --out <dir> [options]

Writes studies of a library, as they are now, as files into <dir>.

  --out <dir>          where to write; created when it is not there
  --library <dir>      library that the studies are in (default: the workstation's own); close the workstation first
  --formats <list>     ${formats.map(({ id }) => id).join(', ')}, one or several with commas between (default: ${formats[0]?.id});
                       ${set.name} is ${set.ids.join(' and ')}, and goes into <dir>/${set.name}; so does any format of several
                       files, of all studies together, into a folder of its name
  --patient-in-names   name the patient in the names of the files and in tables; else date and study tell files apart
  --overwrite          replace files that are there; without it nothing is written where one is

Exit code: 0 everything was written, 1 some studies cannot be exported, and are named,
2 the library cannot be opened, 64 bad usage.`;

/** @throws SystolaError `bad-request` saying what is wrong with the command line */
export function parseExportOptions(
  argv: readonly string[],
  known: readonly ExportFormat[],
  set: FormatSet,
): ExportOptions {
  const { values, positionals } = parsedCommandLine(argv, optionTypes);
  const { out, library = null, formats } = values;
  if (positionals.length === 0) throw wrongUsage('Name at least one study by its Study Instance UID.');
  if (out === undefined || out === '') throw wrongUsage('Say where to write with --out <dir>.');
  if (library === '') throw wrongUsage('--library is the folder of a library.');
  const ids = [...known.map(({ id }) => id), set.name];
  const wanted = (formats ?? [ids[0] ?? '']).flatMap((list) => list.split(',')).map((id) => id.trim());
  const strange = wanted.find((id) => !ids.includes(id));
  if (strange !== undefined) throw wrongUsage(`--formats is of ${ids.join(', ')}, not "${strange}".`);
  return {
    studies: [...new Set(positionals)],
    library,
    formats: [...new Set(wanted)],
    out,
    patientInNames: values['patient-in-names'] ?? false,
    overwrite: values.overwrite ?? false,
  };
}

const optionTypes = {
  out: { type: 'string' },
  library: { type: 'string' },
  formats: { type: 'string', multiple: true },
  'patient-in-names': { type: 'boolean' },
  overwrite: { type: 'boolean' },
} as const;
