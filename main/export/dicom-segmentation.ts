import { exportFileName } from '../../core/export/export-file-name.ts';
import { type Message, message } from '../../core/language/message.ts';
import type { FolderExporter } from './exporter.ts';

interface Kind {
  readonly id: string;
  readonly label: Message;
  readonly content: string;
  /** Whether its frames say that they lie in a space, which is made up. */
  readonly isPlaced: boolean;
}

/** Contours as masks: an object for each clip. */
const segmentations = ({ id, label, content, isPlaced }: Kind): FolderExporter => ({
  ...{ id, label, content },
  extension: 'zip',
  mediaType: 'application/zip',
  async *files(snapshots, signal) {
    const [{ contouredRegions }, { segmentation }, { inventedGeometry, noGeometry }] = await Promise.all([
      import('./dicom/traced-regions.ts'),
      import('./dicom/segmentation.ts'),
      import('./dicom/segment-geometry.ts'),
    ]);
    for await (const snapshot of snapshots) {
      const { document, measurements, withPatient } = snapshot;
      const byClip = Map.groupBy(contouredRegions(snapshot, 'all'), ({ clip }) => clip);
      let number = 0;
      for (const [clip, regions] of byClip) {
        signal.throwIfAborted();
        number += 1;
        const geometry = isPlaced ? inventedGeometry(clip, measurements) : noGeometry;
        const format = { content: `${content}-${number}`, extension: 'dcm' };
        yield {
          path: exportFileName(document.facts, format, { withPatient }),
          bytes: segmentation(snapshot, regions, { number, format: id, geometry }).bytes,
          clip: clip.sopInstanceUid,
        };
      }
    }
  },
});

export const dicomSegmentation = segmentations({
  ...{ id: 'dicom-segmentation', content: 'segmentation', isPlaced: false },
  label: message('export.format.dicom-segmentation'),
});

/** For readers that show no mask without a place in space. */
export const dicomPlacedSegmentation = segmentations({
  ...{ id: 'dicom-segmentation-placed', content: 'placed-segmentation', isPlaced: true },
  label: message('export.format.dicom-segmentation-placed'),
});
