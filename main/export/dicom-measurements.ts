import { message } from '../../core/language/message.ts';
import type { Exporter } from './exporter.ts';

/** The numbers as archives and reporting systems read them: a structured report of the study. */
export const dicomMeasurements: Exporter = {
  id: 'dicom-measurements',
  label: message('export.format.dicom-measurements'),
  content: 'measurements',
  extension: 'dcm',
  mediaType: 'application/dicom',
  async write(snapshot) {
    const { measurementReport } = await import('./dicom/measurement-report.ts');
    return measurementReport(snapshot, dicomMeasurements.id).bytes;
  },
};
