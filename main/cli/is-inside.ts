import { isAbsolute, relative, resolve, sep } from 'node:path';

/** Whether a path is a folder, or lies in it. */
export function isInside(path: string, folder: string): boolean {
  const way = relative(resolve(folder), resolve(path));
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
