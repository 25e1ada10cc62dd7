import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileError } from '../files/file-error.ts';
import { writeAtomically } from '../files/write-atomically.ts';
import type { Shard } from './shard.ts';
import { folderDigits } from './shard.ts';
import { resultFileName, studyResultSchema, type StudyResult } from './study-result.ts';
import { makeFolder } from '../files/make-folder.ts';

/**
 * The results of an archive: a folder for each study under `studies`, whole or not there, whatever process was killed
 * while it wrote; and what shards counted, under `shards`.
 */
export class ResultsFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** Where the results of a study are. */
  studyPath(studyId: string): string {
    return join(this.path, 'studies', folderDigits(studyId), studyId);
  }

  shardPath({ number, of }: Shard): string {
    return join(this.path, 'shards', `${number}-of-${of}.json`);
  }

  /** What came of a study; null where nothing did, or where files of its folder are missing or of another size. */
  async result(studyId: string): Promise<StudyResult | null> {
    const folder = this.studyPath(studyId);
    const result = await readResult(folder);
    if (result === null || result.study !== studyId) return null;
    for (const { path, bytes } of result.files) {
      const found = await stat(join(folder, path)).catch(() => null);
      if (found?.size !== bytes) return null;
    }
    return result;
  }

  /** Ids of studies that have a folder, by their characters' codes. */
  async studyIds(): Promise<string[]> {
    const root = join(this.path, 'studies');
    const ids: string[] = [];
    for (const digits of await folders(root)) {
      for (const id of await folders(join(root, digits))) if (folderDigits(id) === digits) ids.push(id);
    }
    return ids.sort((a, b) => (a < b ? -1 : 1));
  }

  /**
   * Makes a folder of files the result of a study, in the place of what was there before.
   *
   * @param folder on the same disk; it is gone afterwards
   */
  async publish(folder: string, result: Omit<StudyResult, 'files'>): Promise<StudyResult> {
    const whole: StudyResult = { ...result, files: await filesIn(folder) };
    await writeAtomically(join(folder, resultFileName), `${JSON.stringify(whole, null, 1)}\n`);
    const place = this.studyPath(result.study);
    await makeFolder(dirname(place));
    const before = `${folder}.before`;
    await rename(place, before).catch(unlessMissing);
    try {
      await rename(folder, place);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // Another process was given the same shard, and was quicker.
      if (code !== 'ENOTEMPTY' && code !== 'EEXIST' && code !== 'EPERM') throw fileError(error, place);
      await rm(folder, { recursive: true, force: true });
    }
    await rm(before, { recursive: true, force: true });
    return whole;
  }
}

/** null where there is none that can be read. */
async function readResult(folder: string): Promise<StudyResult | null> {
  const text = await readFile(join(folder, resultFileName), 'utf8').catch(unlessMissing);
  if (text === undefined) return null;
  try {
    return studyResultSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

async function filesIn(folder: string): Promise<StudyResult['files']> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files: StudyResult['files'] = [];
  for (const entry of entries.filter((found) => found.isFile())) {
    const path = join(entry.parentPath, entry.name);
    const { size } = await stat(path);
    files.push({
      path: relative(folder, path).replaceAll(sep, '/'),
      bytes: size,
      sha256: await hashOf(path),
    });
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

async function folders(path: string): Promise<string[]> {
  const entries = (await readdir(path, { withFileTypes: true }).catch(unlessMissing)) ?? [];
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

function unlessMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw fileError(error, error.path ?? '');
}
