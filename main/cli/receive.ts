import { SystolaError } from '../../core/error.ts';
import { defaultAeTitle, hostSchema } from '../../core/network/dicom-node.ts';
import { logDefect } from '../application/defect-log.ts';
import { Receiver } from '../application/receiver.ts';
import { createServices } from '../application/services.ts';
import type { ListeningPlace } from '../network/store-server.ts';
import { parsedCommandLine, wrongUsage } from './command-line.ts';
import { optionsOrExitCode, failureLine, untilStopped } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import { aeTitle } from './node-options.ts';
import { libraryNamed } from './opened-library.ts';

const usage = `systola receive --port <port> [options]

Takes studies that other systems send by C-STORE into a library, as an import does, until Ctrl-C. It answers C-ECHO. An
object is in the library before its sender is told that it is stored.

  --port <port>        where it listens; 0 leaves the choice to the system
  --bind <address>     address of this computer that it listens at (default: 127.0.0.1); 0.0.0.0 is all of them
  --ae <AE>            what it is called (default: ${defaultAeTitle}); who calls it otherwise is turned away
  --any-ae             answer to any name
  --tls-certificate <file> --tls-key <file>   secure every connection (PEM)
  --tls-authorities <file>                    and take nothing from who shows no certificate of theirs
  --library <dir>      library to import into (default: the workstation's own); close the workstation first

Exit code: 130 after Ctrl-C, 2 it cannot listen or the library cannot be opened, 64 bad usage.`;

interface ReceiveCommand {
  readonly place: ListeningPlace;
  readonly library: string | null;
}

/** `systola receive`: returns the exit code. */
export async function runReceive(argv: readonly string[]): Promise<number> {
  const command = optionsOrExitCode(argv, usage, () => parseReceive(argv));
  if (typeof command === 'number') return command;
  return untilStopped(async (signal) => {
    try {
      return await receive(command, signal);
    } catch (error) {
      if (!(error instanceof SystolaError)) throw error;
      console.error(failureLine(error));
      return exitCodes.nothing;
    }
  });
}

async function receive({ place, library }: ReceiveCommand, signal: AbortSignal): Promise<number> {
  const services = await createServices({ libraryPath: libraryNamed(library), modelFolders: [] });
  let trouble: string | null = null;
  const receiver = new Receiver({
    library: services.library,
    imports: services.imports,
    onState: ({ lastTrouble }) => {
      if (lastTrouble === null || lastTrouble.at === trouble) return;
      trouble = lastTrouble.at;
      console.error(`${lastTrouble.from}: ${lastTrouble.words}`);
    },
    onObject: (name, refused) => {
      if (refused === null) console.log(`${name}: stored`);
      else console.error(`${name}: ${refused.reason} (${refused.code})`);
    },
    onDefect: logDefect,
  });
  try {
    signal.throwIfAborted();
    const port = await receiver.listen(place);
    // Said on a line of its own: whoever started this waits for it.
    console.log(`Listening as ${place.aeTitle ?? 'any AE'} at ${place.address}:${port}. Ctrl-C stops.`);
    await new Promise<void>((stopped) => {
      if (signal.aborted) stopped();
      else signal.addEventListener('abort', () => stopped(), { once: true });
    });
    return exitCodes.interrupted;
  } finally {
    await receiver.close();
    await services.close();
  }
}

/** @throws SystolaError `bad-request` saying what is wrong with the command line */
function parseReceive(argv: readonly string[]): ReceiveCommand {
  const { values, positionals } = parsedCommandLine(argv, {
    port: { type: 'string' },
    bind: { type: 'string' },
    ae: { type: 'string' },
    'any-ae': { type: 'boolean' },
    'tls-certificate': { type: 'string' },
    'tls-key': { type: 'string' },
    'tls-authorities': { type: 'string' },
    library: { type: 'string' },
  });
  if (positionals.length > 0) throw wrongUsage(`"${positionals[0]}" is not understood.`);
  const port = Number(values.port ?? '');
  if (values.port === undefined || !/^\d{1,5}$/.test(values.port) || port > 65_535) {
    throw wrongUsage('Say where it listens with --port <port>, a number up to 65535.');
  }
  const address = values.bind ?? '127.0.0.1';
  if (!hostSchema.safeParse(address).success) throw wrongUsage(`--bind is an address, not "${address}".`);
  const isAny = values['any-ae'] === true;
  if (isAny && values.ae !== undefined) throw wrongUsage('Say either --ae or --any-ae.');
  const certificateFile = values['tls-certificate'];
  const keyFile = values['tls-key'];
  const authoritiesFile = values['tls-authorities'] ?? null;
  if ((certificateFile === undefined) !== (keyFile === undefined)) {
    throw wrongUsage('--tls-certificate and --tls-key go together.');
  }
  if (certificateFile === undefined && authoritiesFile !== null) {
    throw wrongUsage('--tls-authorities is for a receiver with a certificate of its own.');
  }
  const tls =
    certificateFile === undefined || keyFile === undefined
      ? null
      : { certificateFile, keyFile, authoritiesFile };
  return {
    place: { address, port, aeTitle: isAny ? null : aeTitle('--ae', values.ae ?? defaultAeTitle), tls },
    library: values.library ?? null,
  };
}
