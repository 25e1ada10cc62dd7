import { studyUidOf } from '../../core/clip/study-key.ts';
import { message } from '../../core/language/message.ts';
import type { Exporter } from './exporter.ts';

/** One row a measurement, of the study and of each clip. */
export const measurementsCsv: Exporter = {
  id: 'measurements-csv',
  label: message('export.format.measurements-csv'),
  content: 'measurements',
  extension: 'csv',
  mediaType: 'text/csv',
  async write({ document, measurements, softwareVersion, withPatient }) {
    const [{ csvOf }, { measurementColumns }, { measurementRows }] = await Promise.all([
      import('./research/csv.ts'),
      import('./research/measurement-columns.ts'),
      import('./research/measurement-rows.ts'),
    ]);
    const { facts } = document;
    const rows = measurementRows(document, measurements, {
      studyUid: studyUidOf(facts.studyInstanceUid),
      patient: withPatient ? facts.patient : null,
    });
    return csvOf(
      measurementColumns,
      rows.map((row) => ({ ...row, softwareVersion })),
    );
  },
};
