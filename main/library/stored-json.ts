import { SystolaError } from '../../core/error.ts';

/**
 * JSON of a row. What is none was not written by Systola.
 *
 * @throws SystolaError `malformed` naming the row
 */
export function storedJson(text: string, row: string, file: string | null = null): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const message = `${row} in the library is damaged. Restore the library folder from a backup.`;
    throw new SystolaError('malformed', message, file, { cause: error });
  }
}
