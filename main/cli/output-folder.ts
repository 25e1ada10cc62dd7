import { exitCodes } from './exit-codes.ts';
import { makeFolder } from '../files/make-folder.ts';

/** Creates the folder to write into; says why and gives the exit code when that is not possible, else null. */
export async function prepareOutput(out: string): Promise<number | null> {
  try {
    await makeFolder(out);
    return null;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    console.error(`${out}: the output folder cannot be created (${code}).`);
    return code === 'EEXIST' || code === 'ENOTDIR' ? exitCodes.usage : exitCodes.partly;
  }
}
