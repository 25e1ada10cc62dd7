import type { ExportFormat } from '../../core/export/export-format.ts';
import { dicomObjects } from '../export/exporters.ts';
import { parsedCommandLine, wrongUsage } from './command-line.ts';
import { nodeOptionTypes, nodeUsage, toldNode, type ToldNode } from './node-options.ts';

export interface SendCommand {
  readonly node: ToldNode;
  /** Studies by their UIDs, files and folders, as they were named. */
  readonly wanted: readonly string[];
  readonly library: string | null;
  readonly originals: boolean;
  readonly formats: readonly string[];
  readonly again: boolean;
}

export const sendUsage = (
  formats: readonly ExportFormat[],
): string => `systola send <study UID, file or folder>... --to <host:port> --called <AE> [options]

Sends studies of a library, or DICOM files, to a node by C-STORE. The bytes of every data set go as they are, in their own
transfer syntax; what the node does not take in it is refused and named. What left, and what became of it, is in the audit
log of the library.

${nodeUsage}
  --library <dir>      library of the studies, and of the audit log (default: the workstation's own); close the workstation first
  --formats <list>     what else of a study is sent: ${dicomObjects} for the usual objects, or of ${formats.map(({ id }) => id).join(', ')}, with commas between
  --no-originals       not the clips, only what --formats names
  --again              also what this node has stored before, by the audit log

Exit code: 0 all is stored, 1 something is not, and is named, 2 nothing was sent, 64 bad usage.`;

/** @throws SystolaError `bad-request` saying what is wrong with the command line */
export function parseSendCommand(argv: readonly string[], known: readonly ExportFormat[]): SendCommand {
  const { values, positionals } = parsedCommandLine(argv, {
    ...nodeOptionTypes,
    library: { type: 'string' },
    formats: { type: 'string', multiple: true },
    'no-originals': { type: 'boolean' },
    again: { type: 'boolean' },
  });
  if (positionals.length === 0)
    throw wrongUsage('Name at least one study by its Study Instance UID, or a file.');
  if (values.library === '') throw wrongUsage('--library is the folder of a library.');
  const ids = known.map(({ id }) => id);
  const formats = (values.formats ?? []).flatMap((list) => list.split(',')).map((id) => id.trim());
  const strange = formats.find((id) => id !== dicomObjects && !ids.includes(id));
  if (strange !== undefined) throw wrongUsage(`--formats is of ${ids.join(', ')}, not "${strange}".`);
  const originals = values['no-originals'] !== true;
  if (!originals && formats.length === 0)
    throw wrongUsage('Without the originals, --formats says what is sent.');
  return {
    node: toldNode(values),
    wanted: [...new Set(positionals)],
    library: values.library ?? null,
    originals,
    formats: [...new Set(formats)],
    again: values.again ?? false,
  };
}
