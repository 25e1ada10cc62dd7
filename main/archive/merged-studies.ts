import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { join } from 'node:path';
import { SystolaError } from '../../core/error.ts';
import { fileError } from '../files/file-error.ts';
import { ResultsFolder } from './results-folder.ts';
import { isMeasurementsFile, type StudyResult } from './study-result.ts';

/** A study with its numbers. */
export interface MergedStudy {
  readonly result: StudyResult;
  /** Its tables of measurements; none where nothing came of it. */
  readonly measurements: readonly string[];
}

/** What is wrong with results that are merged, and does not keep the others from it. */
export interface MergeProblem {
  readonly study: string;
  readonly problem: string;
}

/**
 * The studies of folders of results, by their ids, whatever wrote them in whatever order; a study that is in two folders
 * with the same result is one. What is not whole is told and left out.
 *
 * @throws SystolaError `bad-request` where a study has two results that differ, or studies were analysed in different ways:
 *   a table of both would say nothing about it; `file-altered` where numbers are not those that were written
 */
export async function* mergedStudies(
  paths: readonly string[],
  tell: (problem: MergeProblem) => void,
): AsyncGenerator<MergedStudy> {
  const folders = paths.map((path) => new ResultsFolder(path));
  let way: StudyResult | null = null;
  let withModel: StudyResult | null = null;
  for (const [id, places] of await placesById(folders)) {
    const found: MergedStudy[] = [];
    for (const folder of places) {
      const study = await mergedStudy(folder, id);
      if (study === null) tell({ study: id, problem: `Its result in ${folder.path} is not whole.` });
      else found.push(study);
    }
    const [first, ...others] = found;
    if (first === undefined) continue;
    if (others.length > 0) {
      const where = places.map(({ path }) => path).join(' and ');
      if (others.some((other) => !isSame(first, other)))
        throw new SystolaError(
          'bad-request',
          `The study ${id} has different results in ${where}. Remove one of them.`,
        );
      tell({ study: id, problem: `It is in ${where}, with the same result, and taken once.` });
    }
    way ??= first.result;
    refuseOtherWay(way, first.result);
    if (first.result.model !== null) {
      withModel ??= first.result;
      refuseOtherModel(withModel, first.result);
    }
    yield first;
  }
}

/** Ids in their order, each with the folders that it is in, in theirs. */
async function placesById(folders: readonly ResultsFolder[]): Promise<[string, ResultsFolder[]][]> {
  const places = new Map<string, ResultsFolder[]>();
  for (const folder of folders) {
    for (const id of await folder.studyIds()) places.set(id, [...(places.get(id) ?? []), folder]);
  }
  return [...places].sort(([a], [b]) => (a < b ? -1 : 1));
}

async function mergedStudy(folder: ResultsFolder, id: string): Promise<MergedStudy | null> {
  const result = await folder.result(id);
  if (result === null) return null;
  const measurements: string[] = [];
  for (const { path, sha256 } of result.files.filter((file) => isMeasurementsFile(file.path))) {
    measurements.push(await unaltered(join(folder.studyPath(id), path), sha256));
  }
  return { result, measurements };
}

async function unaltered(path: string, sha256: string): Promise<string> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw fileError(error, path);
  });
  if (createHash('sha256').update(bytes).digest('hex') === sha256) return bytes.toString('utf8');
  throw new SystolaError(
    'file-altered',
    'It is not what was written: its SHA-256 is another. Delete the folder of the study and analyse it again.',
    path,
  );
}

/** Times differ however often the same is done. */
function isSame(one: MergedStudy, other: MergedStudy): boolean {
  const said = ({ result }: MergedStudy): unknown => ({ ...result, seconds: 0, files: [] });
  return isDeepStrictEqual(one.measurements, other.measurements) && isDeepStrictEqual(said(one), said(other));
}

function refuseOtherWay(one: StudyResult, other: StudyResult): void {
  if (one.software === other.software && isDeepStrictEqual(one.options, other.options)) return;
  const way = ({ study, software, options }: StudyResult): string =>
    `${study} by Systola ${software} with ${JSON.stringify(options)}`;
  throw new SystolaError(
    'bad-request',
    `Studies were analysed in different ways: ${way(one)}; ${way(other)}. Merge them apart.`,
  );
}

function refuseOtherModel(one: StudyResult, other: StudyResult): void {
  if (one.model?.sha256 === other.model?.sha256) return;
  const way = ({ study, model }: StudyResult): string => `${study} by ${model?.name} ${model?.version}`;
  throw new SystolaError(
    'bad-request',
    `Studies were analysed by different models: ${way(one)}; ${way(other)}. Name one with --model, and merge them apart.`,
  );
}
