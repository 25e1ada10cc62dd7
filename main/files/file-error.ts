import { SystolaError } from '../../core/error.ts';

/** Names the operating system's refusals; anything else that is not ours stays a defect. */
export function fileError(error: unknown, file: string): unknown {
  if (error instanceof SystolaError || !(error instanceof Error) || !('code' in error)) return error;
  const options = { cause: error };
  switch (error.code) {
    case 'ENOENT':
      return new SystolaError('not-found', 'There is no such file or folder.', file, options);
    case 'EACCES':
    case 'EPERM':
      return new SystolaError(
        'unreadable',
        'No permission to read it. Change its permissions, or copy it to where you may read it.',
        file,
        options,
      );
    case 'EMFILE':
    case 'ENFILE':
      return new SystolaError(
        'unreadable',
        'Too many files are open. Close other programs, or raise the limit (ulimit -n), and try again.',
        file,
        options,
      );
    case 'ENOSPC':
    case 'EDQUOT':
      return new SystolaError(
        'disk-full',
        'The disk is full. Free some space and try again; what was saved before is kept.',
        file,
        options,
      );
    // What disks, shares and their drivers answer when they are away.
    case 'ESTALE':
    case 'ETIMEDOUT':
    case 'ENODEV':
    case 'ENOMEDIUM':
    case 'ENOTCONN':
    case 'ECONNABORTED':
    case 'ECONNRESET':
    case 'EHOSTDOWN':
    case 'EHOSTUNREACH':
    case 'ENETDOWN':
    case 'ENETUNREACH':
    case 'EREMOTEIO':
    case 'ESHUTDOWN':
      return new SystolaError(
        'unreadable',
        `The disk or share that it is on does not answer (${error.code}). Connect it and try again.`,
        file,
        options,
      );
    case 'EIO':
    case 'ELOOP':
    case 'ENAMETOOLONG':
    case 'ENOTDIR':
    case 'ENXIO':
    case 'EBUSY':
    case 'EROFS':
      return new SystolaError('unreadable', `It cannot be read (${error.code}).`, file, options);
    default:
      return error;
  }
}
