import { SystolaError } from '../../core/error.ts';
import { measurementColumns } from '../export/research/measurement-columns.ts';
import { csvRecords, type CsvRecord } from './csv-records.ts';
import type { MergedStudy } from './merged-studies.ts';

/** A column of the table of all studies. */
export interface TableColumn {
  readonly name: string;
  readonly type: 'text' | 'integer' | 'number';
}

/** The study as its manifest names it, then the columns of a study's table as they are. */
export const tableColumns: readonly TableColumn[] = [
  { name: 'study', type: 'text' },
  ...measurementColumns.map(({ name, type }) => ({ name, type })),
];

/** The rows of a study's table, each as it stands there. */
export function tableRows({ result, measurements }: MergedStudy): readonly CsvRecord[] {
  if (measurements === null) return [];
  const [header, ...rows] = csvRecords(measurements) ?? [];
  const names = measurementColumns.map(({ name }) => name);
  if (header?.raw !== names.join(',') || rows.some(({ cells }) => cells.length !== names.length))
    throw new SystolaError(
      'malformed',
      `The measurements of the study ${result.study} are no table of this version. Delete its folder and analyse it again.`,
    );
  return rows;
}
