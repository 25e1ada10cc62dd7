import { exportGroups, type ExportGroup, type OfferedFormat } from '../../core/export/export-format.ts';
import { SystolaError } from '../../core/error.ts';
import { isFolderExporter, type AnyExporter } from './any-exporter.ts';
import { analysisJson } from './analysis-json.ts';
import { cocoJson } from './coco-json.ts';
import { columnsCsv } from './columns-csv.ts';
import { contoursCsv } from './contours-csv.ts';
import { dicomClips } from './dicom-clips.ts';
import { defaultObjects } from './default-objects.ts';
import { dicomContourClip } from './dicom-contour-clip.ts';
import { dicomAllContours, dicomContours } from './dicom-contours.ts';
import { dicomMedium } from './dicom-medium.ts';
import { dicomMeasurements } from './dicom-measurements.ts';
import { dicomPdf } from './dicom-pdf.ts';
import { dicomPresentation } from './dicom-presentation.ts';
import { dicomPlacedSegmentation, dicomSegmentation } from './dicom-segmentation.ts';
import { dicomSimplifiedMeasurements } from './dicom-simplified-measurements.ts';
import { echonet112Folder } from './echonet-112-folder.ts';
import { echonetFolder } from './echonet-folder.ts';
import { measurementsCsv } from './measurements-csv.ts';
import { monaiFolder } from './monai-folder.ts';
import { niftiFolder } from './nifti-folder.ts';
import { nnunetFolder } from './nnunet-folder.ts';
import { reportPdf } from './report-pdf.ts';

/** By what they are for. The very first is what Ctrl+E offered first and the menu writes without a dialog. */
const known: Readonly<Record<ExportGroup, AnyExporter[]>> = {
  report: [reportPdf],
  dicom: [
    dicomMeasurements,
    dicomContours,
    dicomPresentation,
    dicomPdf,
    dicomAllContours,
    dicomSegmentation,
    dicomPlacedSegmentation,
    dicomContourClip,
    dicomSimplifiedMeasurements,
    dicomMedium,
    dicomClips,
  ],
  research: [
    ...[analysisJson, measurementsCsv, contoursCsv, columnsCsv, cocoJson],
    ...[echonetFolder, echonet112Folder, niftiFolder, nnunetFolder, monaiFolder],
  ],
};

/** Stands for all of {@link defaultObjects}, whose files go into a folder of this name. */
export const dicomObjects = 'dicom';

/** Every format that a study can be exported in, in the order in which they are offered. */
export const exporters = (): readonly AnyExporter[] => exportGroups.flatMap((group) => known[group]);

/** What the window, the menu and the command line offer. */
export const exportFormats = (): OfferedFormat[] =>
  exportGroups.flatMap((group) =>
    known[group].map((exporter) => {
      const { id, label, content, extension, mediaType } = exporter;
      const isDefaultObject = defaultObjects.some((one) => one.id === id);
      return {
        ...{ id, label, content, extension, mediaType },
        ...{ group, isFolder: isFolderExporter(exporter), isDefaultObject },
      };
    }),
  );

/** @throws SystolaError `not-found` naming the formats that there are */
export function exporterOf(id: string): AnyExporter {
  const all = exporters();
  const found = all.find((exporter) => exporter.id === id);
  if (found !== undefined) return found;
  const there = all.map((exporter) => exporter.id).join(', ');
  throw new SystolaError('not-found', `There is no export format "${id}". There are: ${there}.`);
}

/** A format that was asked for, and where its files go. */
export interface ChosenFormat {
  readonly exporter: AnyExporter;
  /** Inside the folder that is exported to; null for beside one another in it. */
  readonly folder: string | null;
  /** Whether each study is written on its own, so that one which is refused keeps no other from being written. */
  readonly byStudy: boolean;
}

/**
 * Formats by their ids, each once; {@link dicomObjects} is several.
 *
 * @throws SystolaError `not-found`
 */
export function chosenFormats(ids: readonly string[]): ChosenFormat[] {
  return [...new Set(ids)].flatMap((id): ChosenFormat[] => {
    if (id === dicomObjects)
      return defaultObjects.map((exporter) => ({ exporter, folder: dicomObjects, byStudy: true }));
    const exporter = exporterOf(id);
    const isFolder = isFolderExporter(exporter);
    // Objects of one study say nothing of another.
    const byStudy = !isFolder || defaultObjects.some((one) => one.id === id);
    return [{ exporter, folder: isFolder ? id : null, byStudy }];
  });
}

/**
 * Adds a format for as long as the application runs.
 *
 * @returns a function that takes it away again
 * @throws Error where its id, or its content and extension, are another format's: their files would have one name
 */
export function addExporter(added: AnyExporter, group: ExportGroup = 'research'): () => void {
  const same = exporters().find(
    ({ id, content, extension }) =>
      id === added.id || (content === added.content && extension === added.extension),
  );
  if (same !== undefined) throw new Error(`Export format ${added.id} is ${same.id} already.`);
  if (!/^[a-z0-9-]{1,32}$/.test(added.id) || added.id === dicomObjects)
    throw new Error(`${added.id} is no id of an export format.`);
  known[group].push(added);
  return () => void known[group].splice(known[group].indexOf(added), 1);
}
