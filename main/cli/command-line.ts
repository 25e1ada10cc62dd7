import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';
import { SystolaError } from '../../core/error.ts';

/**
 * Options and further words of a command line.
 *
 * @throws SystolaError `bad-request` saying what is wrong with it
 */
export function parsedCommandLine<const Options extends ParseArgsOptionsConfig>(
  argv: readonly string[],
  options: Options,
) {
  try {
    return parseArgs({ args: [...argv], allowPositionals: true, options });
  } catch (error) {
    throw wrongUsage(error instanceof Error ? error.message : String(error));
  }
}

/** A command line that cannot be followed, and why. */
export const wrongUsage = (message: string): SystolaError => new SystolaError('bad-request', message);
