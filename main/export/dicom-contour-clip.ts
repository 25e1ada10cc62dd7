import { exportFileName } from '../../core/export/export-file-name.ts';
import { message } from '../../core/language/message.ts';
import type { FolderExporter } from './exporter.ts';

/** Clips with their contours in the pixels: an object for each clip. */
export const dicomContourClip: FolderExporter = {
  id: 'dicom-contour-clip',
  label: message('export.format.dicom-contour-clip'),
  content: 'contour-clip',
  extension: 'zip',
  mediaType: 'application/zip',
  async *files(snapshots, signal) {
    const [{ contouredRegions }, { contourClip }] = await Promise.all([
      import('./dicom/traced-regions.ts'),
      import('./dicom/contour-clip.ts'),
    ]);
    for await (const snapshot of snapshots) {
      const { document, withPatient } = snapshot;
      const byClip = Map.groupBy(contouredRegions(snapshot, 'all'), ({ clip }) => clip);
      let number = 0;
      for (const regions of byClip.values()) {
        number += 1;
        const format = { content: `contour-clip-${number}`, extension: 'dcm' };
        const { bytes } = await contourClip(snapshot, regions, number, signal);
        yield { path: exportFileName(document.facts, format, { withPatient }), bytes };
      }
    }
  },
};
