/** Ultrasound images, the two retired classes included (DICOM PS3.6 table A-1). */
const ultrasound = new Map([
  ['1.2.840.10008.5.1.4.1.1.6.1', 'Ultrasound Image Storage'],
  ['1.2.840.10008.5.1.4.1.1.3.1', 'Ultrasound Multi-frame Image Storage'],
  ['1.2.840.10008.5.1.4.1.1.6', 'Ultrasound Image Storage (Retired)'],
  ['1.2.840.10008.5.1.4.1.1.3', 'Ultrasound Multi-frame Image Storage (Retired)'],
]);

/** Structured reports (PS3.3 A.35) that are read as documents of a study. */
const structuredReports = new Map([
  ['1.2.840.10008.5.1.4.1.1.88.11', 'Basic Text SR Storage'],
  ['1.2.840.10008.5.1.4.1.1.88.22', 'Enhanced SR Storage'],
  ['1.2.840.10008.5.1.4.1.1.88.33', 'Comprehensive SR Storage'],
  ['1.2.840.10008.5.1.4.1.1.88.34', 'Comprehensive 3D SR Storage'],
  ['1.2.840.10008.5.1.4.1.1.88.35', 'Extensible SR Storage'],
  ['1.2.840.10008.5.1.4.1.1.88.72', 'Simplified Adult Echo SR Storage'],
]);

/** What else is commonly found on an echocardiography disc, so that a refusal can name it. */
const others = new Map([
  ['1.2.840.10008.1.3.10', 'Media Storage Directory (DICOMDIR)'],
  ['1.2.840.10008.5.1.4.1.1.1', 'Computed Radiography Image Storage'],
  ['1.2.840.10008.5.1.4.1.1.1.1', 'Digital X-Ray Image Storage'],
  ['1.2.840.10008.5.1.4.1.1.2', 'CT Image Storage'],
  ['1.2.840.10008.5.1.4.1.1.2.1', 'Enhanced CT Image Storage'],
  ['1.2.840.10008.5.1.4.1.1.4', 'MR Image Storage'],
  ['1.2.840.10008.5.1.4.1.1.4.1', 'Enhanced MR Image Storage'],
  ['1.2.840.10008.5.1.4.1.1.6.2', 'Enhanced US Volume Storage'],
  ['1.2.840.10008.5.1.4.1.1.6.3', 'Photoacoustic Image Storage'],
  ['1.2.840.10008.5.1.4.1.1.7', 'Secondary Capture Image Storage'],
  ['1.2.840.10008.5.1.4.1.1.7.1', 'Multi-frame Single Bit Secondary Capture Image Storage'],
  ['1.2.840.10008.5.1.4.1.1.7.2', 'Multi-frame Grayscale Byte Secondary Capture Image Storage'],
  ['1.2.840.10008.5.1.4.1.1.7.3', 'Multi-frame Grayscale Word Secondary Capture Image Storage'],
  ['1.2.840.10008.5.1.4.1.1.7.4', 'Multi-frame True Color Secondary Capture Image Storage'],
  ['1.2.840.10008.5.1.4.1.1.9.1.1', '12-lead ECG Waveform Storage'],
  ['1.2.840.10008.5.1.4.1.1.9.1.2', 'General ECG Waveform Storage'],
  ['1.2.840.10008.5.1.4.1.1.11.1', 'Grayscale Softcopy Presentation State Storage'],
  ['1.2.840.10008.5.1.4.1.1.11.2', 'Color Softcopy Presentation State Storage'],
  ['1.2.840.10008.5.1.4.1.1.12.1', 'X-Ray Angiographic Image Storage'],
  ['1.2.840.10008.5.1.4.1.1.20', 'Nuclear Medicine Image Storage'],
  ['1.2.840.10008.5.1.4.1.1.66', 'Raw Data Storage'],
  ['1.2.840.10008.5.1.4.1.1.66.4', 'Segmentation Storage'],
  ['1.2.840.10008.5.1.4.1.1.77.1.4', 'VL Photographic Image Storage'],
  ['1.2.840.10008.5.1.4.1.1.77.1.4.1', 'Video Photographic Image Storage'],
  ['1.2.840.10008.5.1.4.1.1.88.59', 'Key Object Selection Document Storage'],
  ['1.2.840.10008.5.1.4.1.1.104.1', 'Encapsulated PDF Storage'],
  ['1.2.840.10008.5.1.4.1.1.128', 'Positron Emission Tomography Image Storage'],
]);

/** What an image of ultrasound without a SOP class is taken for. */
export const ultrasoundMultiFrame = '1.2.840.10008.5.1.4.1.1.3.1';

/** Multi-frame Secondary Capture: how frame grabbers and some archives store loops of ultrasound. */
const secondaryCapture = new Set([
  '1.2.840.10008.5.1.4.1.1.7.2',
  '1.2.840.10008.5.1.4.1.1.7.3',
  '1.2.840.10008.5.1.4.1.1.7.4',
]);

/** Ultrasound images, and loops of modality US that were captured from a screen. */
export function isReadableClass(sopClassUid: string, modality: string | null): boolean {
  return ultrasound.has(sopClassUid) || (modality === 'US' && secondaryCapture.has(sopClassUid));
}

/** Reports that hold measurements, contours or text as a tree of items. */
export const isStructuredReport = (sopClassUid: string): boolean => structuredReports.has(sopClassUid);

/** "CT Image Storage (1.2.840…)", or "SOP class 1.2.…" when it has no known name. */
export function sopClassLabel(sopClassUid: string): string {
  const name = ultrasound.get(sopClassUid) ?? structuredReports.get(sopClassUid) ?? others.get(sopClassUid);
  return name === undefined ? `SOP class ${sopClassUid}` : `${name} (${sopClassUid})`;
}
