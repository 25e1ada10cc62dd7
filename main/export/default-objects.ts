import { dicomContours } from './dicom-contours.ts';
import { dicomMeasurements } from './dicom-measurements.ts';
import { dicomPdf } from './dicom-pdf.ts';
import { dicomPresentation } from './dicom-presentation.ts';
import type { Exporter, FolderExporter } from './exporter.ts';

/** What other systems of a clinic are given unless somebody chooses: each a DICOM object of the study, or several. */
export const defaultObjects: readonly (Exporter | FolderExporter)[] = [
  dicomMeasurements,
  dicomContours,
  dicomPresentation,
  dicomPdf,
];
