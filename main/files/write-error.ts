import { SystolaError } from '../../core/error.ts';
import { fileError } from './file-error.ts';

/**
 * Names what keeps a file or folder from being written, and what to do; anything that is no answer of the operating
 * system stays what it is.
 */
export function writeError(error: unknown, path: string): unknown {
  if (error instanceof SystolaError || !(error instanceof Error) || !('code' in error)) return error;
  const because = (what: string): SystolaError =>
    new SystolaError('unwritable', what, path, { cause: error });
  switch (error.code) {
    case 'EACCES':
    case 'EPERM':
      return because('No permission to write there. Choose another folder, or change its permissions.');
    case 'EROFS':
      return because('It is on a disk that can only be read. Choose another folder.');
    case 'ENAMETOOLONG':
      return because('The path is too long for the disk. Choose a folder with a shorter one.');
    case 'ENOENT':
    case 'ENOTDIR':
      return because('The folder is not there, or not any more. Choose another one.');
    case 'EISDIR':
    case 'EEXIST':
    case 'ENOTEMPTY':
      return because('Something else of this name is there. Choose another folder, or move it away.');
    case 'EFBIG':
      return because('It is too large for the disk, as it is formatted. Choose a folder on another one.');
    case 'EIO':
    case 'ELOOP':
    case 'ENXIO':
    case 'EBUSY':
      return because(`It could not be written (${error.code}). Choose another folder.`);
    default: {
      // Full, or away: that is said of writing as it is of reading.
      const named = fileError(error, path);
      return named === error
        ? because(`It could not be written (${String(error.code)}). Choose another folder.`)
        : named;
    }
  }
}
