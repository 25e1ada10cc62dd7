import { message } from '../../core/language/message.ts';
import type { Exporter } from './exporter.ts';

/** The contours of ED and ES as viewers read them, and all of them as Systola does. */
export const dicomContours: Exporter = {
  id: 'dicom-contours',
  label: message('export.format.dicom-contours'),
  content: 'contours',
  extension: 'dcm',
  mediaType: 'application/dicom',
  async write(snapshot) {
    const { contourReport } = await import('./dicom/contour-report.ts');
    return contourReport(snapshot, { drawn: 'measured', format: dicomContours.id }).bytes;
  },
};

/** The same with a region for every contour. */
export const dicomAllContours: Exporter = {
  ...dicomContours,
  id: 'dicom-all-contours',
  label: message('export.format.dicom-all-contours'),
  content: 'all-contours',
  async write(snapshot) {
    const { contourReport } = await import('./dicom/contour-report.ts');
    return contourReport(snapshot, { drawn: 'all', format: dicomAllContours.id }).bytes;
  },
};
