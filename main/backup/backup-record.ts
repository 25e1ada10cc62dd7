import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { SystolaError } from '../../core/error.ts';
import { fileError } from '../files/file-error.ts';

/*
 * A backup is a folder: `files/` holds DICOM files by their hash, as the library does, once for all states of it; every
 * state is a folder of its own beside it with the database, what else lay in the library, and this record.
 */

export const recordName = 'backup.json';
export const filesName = 'files';
export const databaseName = 'library.sqlite';
export const othersName = 'others';

/** What lies in a library's folder and is not part of what it holds; other systems take names in any case. */
const passing = new Set([
  filesName,
  'incoming',
  'audit-reserve',
  'loopback.json',
  'restoring',
  'export-staging',
]);
export function isPassing(name: string): boolean {
  const folded = name.toLowerCase();
  const begins = ['.', databaseName, 'replaced-'].some((start) => folded.startsWith(start));
  return begins || passing.has(folded);
}

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const file = z.strictObject({ sha256, bytes: z.number().int().min(0) });
/** Of names of the library's own files: nothing of it leads out of the folder. */
const relativePath = z
  .string()
  .min(1)
  .max(1000)
  .refine(
    (path) => path.split('/').every((part) => part !== '' && part !== '.' && part !== '..'),
    'leads elsewhere',
  )
  .refine((path) => !isPassing(path.split('/')[0] ?? ''), 'is not kept in a backup')
  .refine((path) => !/[\\\0]/.test(path) && !/^[a-z]:/i.test(path), 'no path of a library');

const recordSchema = z.strictObject({
  format: z.literal(1),
  software: z.string().max(100),
  /** ISO 8601, UTC. */
  at: z.string().max(40),
  studies: z.number().int().min(0),
  database: file,
  files: z.array(file).max(10_000_000),
  others: z.array(file.extend({ path: relativePath })).max(100_000),
  /** Names of files that the library names and that could not be copied. */
  missing: z.array(z.string().max(1000)).max(100_000),
});
export type BackupRecord = z.infer<typeof recordSchema>;

/** Of five million files; a text can hardly be longer here. */
const mostBytes = 500_000_000;

/**
 * The record of one state of a backup.
 *
 * @param state the folder that it lies in
 * @throws SystolaError `not-found` where there is none, `malformed`, `newer-version`, `unreadable`
 */
export async function readRecord(state: string): Promise<BackupRecord> {
  const path = join(state, recordName);
  let text: string;
  try {
    const found = await stat(path);
    // A pipe or a device has no end.
    if (!found.isFile() || found.size > mostBytes) throw malformed(path);
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof SystolaError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw fileError(error, path);
    throw new SystolaError(
      'not-found',
      `This is no backup: there is no ${recordName} in it. Choose a folder of a backup that is named by its date.`,
      state,
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw malformed(path, error);
  }
  if (typeof value === 'object' && value !== null && 'format' in value && Number(value.format) > 1) {
    throw new SystolaError(
      'newer-version',
      'The backup was made by a newer version of Systola. Update Systola to restore it.',
      state,
    );
  }
  const parsed = recordSchema.safeParse(value);
  if (!parsed.success) throw malformed(path, parsed.error);
  return parsed.data;
}

const malformed = (path: string, cause?: unknown): SystolaError =>
  new SystolaError('malformed', 'The record of the backup is damaged. Choose an older state.', path, {
    cause,
  });
