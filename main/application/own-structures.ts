import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { SystolaError } from '../../core/error.ts';
import { structureSchema } from '../../core/structure/schema.ts';
import { addStructure } from '../../core/structure/structure.ts';

/** In the library's folder: structures that a site contours beside those that Systola knows. */
const fileName = 'structures.json';
const mostBytes = 64 * 1024;
const structuresSchema = z.array(structureSchema).max(20);

/**
 * Adds the structures of the library's `structures.json`, where it has one; see docs/how-to/add-a-structure.md.
 *
 * @throws SystolaError `malformed` when the file is no list of structures, `unreadable` when it cannot be read
 */
export function addOwnStructures(libraryPath: string): void {
  const path = join(libraryPath, fileName);
  let value: unknown;
  try {
    const bytes = statSync(path, { throwIfNoEntry: false })?.size;
    if (bytes === undefined) return;
    if (bytes > mostBytes) throw new Error(`it is larger than ${mostBytes} bytes`);
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const words = `The structures of the library cannot be read: ${(error as Error).message}. Mend the file or take it away.`;
    throw new SystolaError('unreadable', words, path, { cause: error });
  }
  const read = structuresSchema.safeParse(value);
  if (!read.success) {
    const [issue] = read.error.issues;
    throw new SystolaError(
      'malformed',
      `The structures of the library are not what they should be, at ${issue?.path.join('.') || 'the top'}: ${issue?.message ?? ''}. Mend the file or take it away.`,
      path,
      { cause: read.error },
    );
  }
  for (const structure of read.data) addStructure(structure);
}
