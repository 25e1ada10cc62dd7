import { exportFileName } from './export-file-name.ts';

/** The name of a ZIP of several exported files: of one study like that of any file, of several their number. */
export function exportArchiveName(
  studies: readonly Parameters<typeof exportFileName>[0][],
  options: Parameters<typeof exportFileName>[2],
): string {
  const [only, ...others] = studies;
  const format = { content: 'export', extension: 'zip' };
  return only !== undefined && others.length === 0
    ? exportFileName(only, format, options)
    : `systola-export-${studies.length}-studies.zip`;
}
