import { researchUseNotice } from '../../../core/notice.ts';
import { contourColumns } from './contour-columns.ts';
import type { Column } from './csv.ts';
import { measurementColumns } from './measurement-columns.ts';

interface DescribedColumn extends Pick<Column<never>, 'name' | 'type' | 'unit' | 'description'> {
  readonly table: 'measurements' | 'contours';
}

/** Every column of every table, in its order. */
export const describedColumns = (): DescribedColumn[] => [
  ...measurementColumns.map((column) => described('measurements', column)),
  ...contourColumns.map((column) => described('contours', column)),
];

const described = (
  table: DescribedColumn['table'],
  { name, type, unit, description }: Pick<Column<never>, 'name' | 'type' | 'unit' | 'description'>,
): DescribedColumn => ({ table, name, type, unit, description });

const text = (
  name: string,
  description: string,
  of: Column<DescribedColumn>['of'],
): Column<DescribedColumn> => ({ name, type: 'text', unit: null, description, of });

export const descriptionColumns: readonly Column<DescribedColumn>[] = [
  text('table', 'Table that the column is of.', ({ table }) => table),
  text('column', 'Name of the column.', ({ name }) => name),
  text('type', 'text, integer or number.', ({ type }) => type),
  text('unit', 'Unit of its values.', ({ unit }) => unit),
  text('description', 'What it holds.', ({ description }) => description),
  text('notice', 'What the values may be used for.', () => researchUseNotice),
];
