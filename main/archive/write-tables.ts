import { join } from 'node:path';
import { csvHeader, csvLine } from '../export/research/csv.ts';
import { fileError } from '../files/file-error.ts';
import { tableColumns, tableRows } from './measurement-table.ts';
import type { MergedStudy, MergeProblem } from './merged-studies.ts';
import { ParquetTable } from './parquet-table.ts';
import { studyColumns } from './study-columns.ts';
import { TextFile } from './text-file.ts';
import { makeFolder } from '../files/make-folder.ts';

export const tableFiles = ['measurements.csv', 'measurements.parquet', 'studies.csv'] as const;

/** What went into the tables. */
export interface TableCounts {
  readonly studies: number;
  readonly failed: number;
  readonly rows: number;
}

/**
 * All measurements as CSV and as Parquet, the cells of one those of the other, and a table of the studies. Study by study:
 * what is written may be larger than memory. The same studies in the same order give the same bytes.
 *
 * @param missing studies that were not among them, once all have come
 */
export async function writeTables(
  studies: AsyncIterable<MergedStudy>,
  missing: () => Iterable<string>,
  folder: string,
  tell: (problem: MergeProblem) => void,
): Promise<TableCounts> {
  const [measurementsPath, parquetPath, studiesPath] = tableFiles.map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const counts = { studies: 0, failed: 0, rows: 0 };
  const idOfUid = new Map<string, string>();
  try {
    await makeFolder(folder);
    const measurements = await TextFile.create(measurementsPath);
    const list = await TextFile.create(studiesPath);
    const parquet = new ParquetTable(parquetPath, tableColumns);
    await measurements.line(csvHeader(tableColumns));
    await list.line(csvHeader(studyColumns));
    for await (const study of studies) {
      const { result } = study;
      const rows = tableRows(study);
      for (const { raw, cells } of rows) {
        await measurements.line(`${result.study},${raw}`);
        await parquet.add([result.study, ...cells]);
      }
      await list.line(csvLine(studyColumns, { study: result.study, result, rows: rows.length }));
      counts.studies += 1;
      counts.rows += rows.length;
      if (result.state === 'failed') {
        counts.failed += 1;
        const [why] = result.failures;
        tell({ study: result.study, problem: `Nothing came of it: ${why?.reason} (${why?.code})` });
      }
      for (const uid of result.studyInstanceUids) {
        const before = idOfUid.get(uid);
        if (before === undefined) idOfUid.set(uid, result.study);
        else if (before !== result.study)
          tell({ study: result.study, problem: `Its Study Instance UID ${uid} is that of ${before} too.` });
      }
    }
    for (const study of missing()) await list.line(csvLine(studyColumns, { study, result: null, rows: 0 }));
    await Promise.all([measurements.close(), list.close(), parquet.close()]);
  } catch (error) {
    throw fileError(error, folder);
  }
  return counts;
}
