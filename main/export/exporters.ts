import type { ExportFormat } from '../../core/export/export-format.ts';
import { SystolaError } from '../../core/error.ts';
import { analysisJson } from './analysis-json.ts';
import { cocoJson } from './coco-json.ts';
import { columnsCsv } from './columns-csv.ts';
import { contoursCsv } from './contours-csv.ts';
import { dicomAllContours, dicomContours } from './dicom-contours.ts';
import { dicomMeasurements } from './dicom-measurements.ts';
import { dicomPdf } from './dicom-pdf.ts';
import type { Exporter } from './exporter.ts';
import { measurementsCsv } from './measurements-csv.ts';
import { reportPdf } from './report-pdf.ts';

/** The first is what the window's button and Ctrl+E write. */
const known: Exporter[] = [
  ...[reportPdf, analysisJson, dicomMeasurements, dicomContours, dicomAllContours, dicomPdf],
  ...[measurementsCsv, contoursCsv, columnsCsv, cocoJson],
];

/** Every format that a study can be exported in, in the order in which they are offered. */
export const exporters = (): readonly Exporter[] => known;

/** What the window, the menu and the command line offer. */
export const exportFormats = (): ExportFormat[] =>
  known.map(({ id, label, content, extension, mediaType }) => ({ id, label, content, extension, mediaType }));

/** @throws SystolaError `not-found` naming the formats that there are */
export function exporterOf(id: string): Exporter {
  const found = known.find((exporter) => exporter.id === id);
  if (found !== undefined) return found;
  const there = known.map((exporter) => exporter.id).join(', ');
  throw new SystolaError('not-found', `There is no export format "${id}". There are: ${there}.`);
}

/**
 * Adds a format for as long as the application runs.
 *
 * @returns a function that takes it away again
 * @throws Error where its id, or its content and extension, are another format's: their files would have one name
 */
export function addExporter(added: Exporter): () => void {
  const same = known.find(
    ({ id, content, extension }) =>
      id === added.id || (content === added.content && extension === added.extension),
  );
  if (same !== undefined) throw new Error(`Export format ${added.id} is ${same.id} already.`);
  if (!/^[a-z0-9-]{1,32}$/.test(added.id)) throw new Error(`${added.id} is no id of an export format.`);
  known.push(added);
  return () => void known.splice(known.indexOf(added), 1);
}
