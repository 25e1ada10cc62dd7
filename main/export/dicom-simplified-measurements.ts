import { message } from '../../core/language/message.ts';
import type { Exporter } from './exporter.ts';

/** The numbers by the younger template for echocardiography, for who asks for it. */
export const dicomSimplifiedMeasurements: Exporter = {
  id: 'dicom-simplified-measurements',
  label: message('export.format.dicom-simplified-measurements'),
  content: 'simplified-measurements',
  extension: 'dcm',
  mediaType: 'application/dicom',
  async write(snapshot) {
    const { simplifiedReport } = await import('./dicom/simplified-report.ts');
    return simplifiedReport(snapshot, dicomSimplifiedMeasurements.id).bytes;
  },
};
