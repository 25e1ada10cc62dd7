import { lstat } from 'node:fs/promises';
import { SystolaError } from '../../core/error.ts';
import { fileError } from '../files/file-error.ts';

/** @throws SystolaError `bad-request` where a file is there already, which nothing else can bring back */
export async function refuseExisting(path: string): Promise<void> {
  try {
    await lstat(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw fileError(error, path);
  }
  throw new SystolaError(
    'bad-request',
    'There is a file of this name already, which stays. Choose another.',
    path,
  );
}
