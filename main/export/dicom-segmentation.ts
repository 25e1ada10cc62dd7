import { exportFileName } from '../../core/export/export-file-name.ts';
import { message } from '../../core/language/message.ts';
import type { FolderExporter } from './exporter.ts';

/** Contours as masks: an object for each clip. */
export const dicomSegmentation: FolderExporter = {
  id: 'dicom-segmentation',
  label: message('export.format.dicom-segmentation'),
  content: 'segmentation',
  extension: 'zip',
  mediaType: 'application/zip',
  async *files(snapshots, signal) {
    const [{ contouredRegions }, { segmentation }] = await Promise.all([
      import('./dicom/traced-regions.ts'),
      import('./dicom/segmentation.ts'),
    ]);
    for await (const snapshot of snapshots) {
      const { document, withPatient } = snapshot;
      const byClip = Map.groupBy(contouredRegions(snapshot, 'all'), ({ clip }) => clip);
      let number = 0;
      for (const regions of byClip.values()) {
        signal.throwIfAborted();
        number += 1;
        const format = { content: `segmentation-${number}`, extension: 'dcm' };
        yield {
          path: exportFileName(document.facts, format, { withPatient }),
          bytes: segmentation(snapshot, regions, number).bytes,
        };
      }
    }
  },
};
