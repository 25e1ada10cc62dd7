import { SystolaError } from '../../core/error.ts';
import { nodeLabel } from '../network/connect.ts';
import { echo } from '../network/echo.ts';
import { defaultNetworkLimits } from '../network/network-limits.ts';
import { parsedCommandLine, wrongUsage } from './command-line.ts';
import { optionsOrExitCode, failureLine, untilStopped } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import { nodeAddress, nodeOptionTypes, nodeUsage, toldNode, type ToldNode } from './node-options.ts';
import { libraryNamed, openedLibrary } from './opened-library.ts';

const usage = `systola echo --to <host:port> --called <AE> [options]

Asks a node whether it is there and knows Systola (C-ECHO). Nothing of any study leaves.

${nodeUsage}
  --library <dir>      library whose settings have the node (default: the workstation's own)

Exit code: 0 it answers, 2 it does not, 64 bad usage.`;

/** `systola echo`: returns the exit code. */
export async function runEcho(argv: readonly string[]): Promise<number> {
  const options = optionsOrExitCode(argv, usage, () => {
    const { values, positionals } = parsedCommandLine(argv, {
      ...nodeOptionTypes,
      library: { type: 'string' },
    });
    if (positionals.length > 0) throw wrongUsage(`"${positionals[0]}" is not understood.`);
    return { told: toldNode(values), library: values.library ?? null };
  });
  if (typeof options === 'number') return options;
  const { told, library } = options;
  return untilStopped(async (signal) => {
    try {
      const node = 'address' in told ? told.address : await configured(told, library);
      const { ms } = await echo(node, defaultNetworkLimits, signal);
      console.log(`${nodeLabel(node)} answers (${Math.round(ms)} ms).`);
      return exitCodes.done;
    } catch (error) {
      if (signal.aborted) return exitCodes.interrupted;
      if (!(error instanceof SystolaError)) throw error;
      console.error(failureLine(error));
      return exitCodes.nothing;
    }
  });
}

async function configured(told: ToldNode, library: string | null) {
  const services = await openedLibrary(libraryNamed(library));
  try {
    return nodeAddress(told, () => services.library.settings());
  } finally {
    await services.close();
  }
}
