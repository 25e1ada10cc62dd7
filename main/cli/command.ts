import { SystolaError } from '../../core/error.ts';
import { exitCodes } from './exit-codes.ts';

/** Whether a command is asked how it is used, which is no mistake. */
export const asksForHelp = (argv: readonly string[]): boolean =>
  argv.includes('--help') || argv.includes('-h');

/**
 * What a command line asks for; the exit code where it asks how the command is used, or cannot be followed, which is said.
 *
 * @param parse throws a SystolaError that says what is wrong
 */
export function optionsOrExitCode<Options extends object>(
  argv: readonly string[],
  usage: string,
  parse: () => Options,
): Options | number {
  if (asksForHelp(argv)) {
    console.log(usage);
    return exitCodes.done;
  }
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof SystolaError)) throw error;
    console.error(`${error.message}\n\n${usage}`);
    return exitCodes.usage;
  }
}

/** A failure as one line on standard error, with the file that it is about. */
export const failureLine = ({ file, message, code }: SystolaError): string =>
  `${file === null ? '' : `${file}: `}${message} (${code})`;

/** Says how a command ended that wrote nothing, and returns its exit code. @throws what is a defect */
export function endedBy(error: unknown, signal: AbortSignal): number {
  if (signal.aborted) {
    console.error('Stopped; nothing was written.');
    return exitCodes.interrupted;
  }
  if (!(error instanceof SystolaError)) throw error;
  console.error(failureLine(error));
  return exitCodes.partly;
}

/** What ends a command from outside; SIGHUP comes when its terminal is closed. */
const endingSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs with a signal that Ctrl-C and the like abort. They do not end the process until `run` is over: what it cleans up
 * is cleaned up, also when they come twice.
 */
export async function untilStopped<Result>(run: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const abort = new AbortController();
  const stop = (): void => abort.abort();
  for (const signal of endingSignals) process.on(signal, stop);
  try {
    return await run(abort.signal);
  } finally {
    for (const signal of endingSignals) process.off(signal, stop);
  }
}
