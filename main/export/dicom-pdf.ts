import { message } from '../../core/language/message.ts';
import type { Exporter } from './exporter.ts';

/** The report as archives keep it: a PDF within a DICOM object of the study. */
export const dicomPdf: Exporter = {
  id: 'dicom-pdf',
  label: message('export.format.dicom-pdf'),
  content: 'report',
  extension: 'dcm',
  mediaType: 'application/dicom',
  async write(snapshot) {
    const { encapsulatedReport } = await import('./dicom/encapsulated-report.ts');
    return (await encapsulatedReport(snapshot, dicomPdf.id)).bytes;
  },
};
