import { SystolaError } from '../../core/error.ts';
import { csvHeader } from '../export/research/csv.ts';
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

/** The rows of a study's tables, each as it stands there. */
export function tableRows({ result, measurements }: MergedStudy): readonly CsvRecord[] {
  return measurements.flatMap((table) => {
    const [header, ...rows] = csvRecords(table) ?? [];
    if (header?.raw === ownHeader && rows.every(({ cells }) => cells.length === measurementColumns.length))
      return rows;
    throw new SystolaError(
      'malformed',
      `The measurements of the study ${result.study} are no table of this version. Delete its folder and analyse it again.`,
    );
  });
}

const ownHeader = csvHeader(measurementColumns);
