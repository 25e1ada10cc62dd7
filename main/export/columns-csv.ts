import { message } from '../../core/language/message.ts';
import type { Exporter } from './exporter.ts';

/** What the columns of the other tables mean. */
export const columnsCsv: Exporter = {
  id: 'columns-csv',
  label: message('export.format.columns-csv'),
  content: 'columns',
  extension: 'csv',
  mediaType: 'text/csv',
  async write() {
    const [{ csvOf }, { describedColumns, descriptionColumns }] = await Promise.all([
      import('./research/csv.ts'),
      import('./research/described-columns.ts'),
    ]);
    return csvOf(descriptionColumns, describedColumns());
  },
};
