import type { SystolaError } from '../../core/error.ts';
import { refusal } from './refusal.ts';

/** The file system's refusal in words, or null when the error is none of the file system's. */
export function unreadable(error: unknown, fileName: string): SystolaError | null {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  if (code === undefined) return null;
  if (code === 'ENOENT') return refusal('not-found', fileName, 'The file is not there any more.', error);
  if (code === 'EACCES' || code === 'EPERM') {
    return refusal('unreadable', fileName, 'The file may not be read: permission denied.', error);
  }
  if (code === 'EMFILE' || code === 'ENFILE') {
    const message =
      'Too many files are open. Close other programs, or raise the limit (ulimit -n), and try again.';
    return refusal('unreadable', fileName, message, error);
  }
  if (code === 'EISDIR') return refusal('unreadable', fileName, 'This is a folder, not a file.', error);
  return /^E[A-Z]+$/.test(code)
    ? refusal('unreadable', fileName, `The file cannot be read (${code}).`, error)
    : null;
}
