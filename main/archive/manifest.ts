import { createReadStream } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { SystolaError } from '../../core/error.ts';
import { fileError } from '../files/file-error.ts';
import { csvRecords } from './csv-records.ts';
import { isOfShard, type Shard } from './shard.ts';

/** A study of an archive, and where its files are. */
export interface ManifestStudy {
  /** Names it in the archive's results: as a folder, and in tables. */
  readonly id: string;
  /** Files and folders, absolute. */
  readonly paths: readonly string[];
}

/** Beginning with a letter or a digit, and such that a disk takes it as the name of a folder: UIDs are. */
export const studyIdPattern = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9_-])?$/;
/** Windows' devices, whatever follows their point: no disk there takes a folder of such a name. */
const deviceName = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

const columns = ['study', 'paths'] as const;
/** Between the paths of a cell. */
const pathSeparator = ';';

const lineSchema = z.object({
  study: z
    .string()
    .regex(studyIdPattern)
    .refine((id) => !deviceName.test(id)),
  paths: z.array(z.string().min(1).max(4096)).min(1),
});

/**
 * The studies of a manifest that are of a shard, in its order. A manifest is text in UTF-8, a study a line: JSON
 * (`{"study": "1.2.3", "paths": ["a.dcm", "more"]}`), or a table whose first line names the columns `study` and `paths`
 * (several with ";" between). What else a line says is passed over. Paths that are not absolute are from the manifest's
 * folder.
 *
 * @throws SystolaError `bad-request` naming the line that is wrong, wherever it is, or the two lines of the shard with
 *   one study; `not-found`, `unreadable`
 */
export async function readManifest(file: string, shard: Shard): Promise<ManifestStudy[]> {
  const studies: ManifestStudy[] = [];
  const lines = new Map<string, number>();
  for await (const { line, id, paths } of manifestLines(file)) {
    if (!isOfShard(id, shard)) continue;
    const key = id.toLowerCase();
    const before = lines.get(key);
    if (before !== undefined) {
      const twice = `names the study ${id} again, which line ${before} names. Give each study one line with all its files.`;
      throw wrong(file, line, twice);
    }
    lines.set(key, line);
    studies.push({ id, paths: paths.map((path) => resolve(dirname(file), path)) });
  }
  return studies;
}

interface ManifestLine {
  /** From 1. */
  readonly line: number;
  readonly id: string;
  readonly paths: readonly string[];
}

async function* manifestLines(file: string): AsyncGenerator<ManifestLine> {
  const stream = createReadStream(file, 'utf8');
  let line = 0;
  let header: readonly string[] | null = null;
  try {
    for await (const text of createInterface({ input: stream, crlfDelay: Infinity })) {
      line += 1;
      const said = line === 1 ? text.replace(/^\uFEFF/, '') : text;
      if (said.trim() === '') continue;
      if (header === null && said.trimStart().startsWith('{')) {
        const { study, paths } = checked(file, line, jsonOf(file, line, said));
        yield { line, id: study, paths };
        continue;
      }
      const [record, ...more] = csvRecords(said) ?? [];
      if (record === undefined || more.length > 0) throw wrong(file, line, 'is no line of a table.');
      if (header === null) {
        header = record.cells;
        const missing = columns.find((name) => !record.cells.includes(name));
        if (line > 1 || missing !== undefined)
          throw wrong(file, line, `is neither JSON nor the first of a table with ${columns.join(' and ')}.`);
        continue;
      }
      const cell = (name: string): string => record.cells[header?.indexOf(name) ?? -1] ?? '';
      const paths = cell('paths')
        .split(pathSeparator)
        .map((path) => path.trim())
        .filter((path) => path !== '');
      const { study } = checked(file, line, { study: cell('study'), paths });
      yield { line, id: study, paths };
    }
  } catch (error) {
    throw fileError(error, file);
  } finally {
    stream.destroy();
  }
}

function jsonOf(file: string, line: number, text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw wrong(file, line, 'is no JSON.');
  }
}

function checked(file: string, line: number, said: unknown): z.infer<typeof lineSchema> {
  const parsed = lineSchema.safeParse(said);
  if (parsed.success) return parsed.data;
  const [about] = parsed.error.issues[0]?.path ?? [];
  throw wrong(
    file,
    line,
    about === 'paths'
      ? 'names no files: "paths" lists files and folders.'
      : 'has no "study" that can name a folder: letters, digits, points, hyphens and underscores, 64 at most, and not CON or another device of Windows.',
  );
}

const wrong = (file: string, line: number, what: string): SystolaError =>
  new SystolaError('bad-request', `Line ${line} ${what}`, file);
