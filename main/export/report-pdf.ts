import { message } from '../../core/language/message.ts';
import type { Exporter } from './exporter.ts';

/** The report that a person reads and signs. */
export const reportPdf: Exporter = {
  id: 'pdf',
  label: message('export.format.pdf'),
  content: 'report',
  extension: 'pdf',
  mediaType: 'application/pdf',
  async write({ files, arrangement, ...snapshot }) {
    // Loaded when it is first wanted: fonts and the PDF writer would slow every start.
    const { writeReportPdf } = await import('../report/report.ts');
    return writeReportPdf({ ...snapshot, ...(await arrangement()), files: await files() });
  },
};
