import { exportFileName } from '../../core/export/export-file-name.ts';
import { message } from '../../core/language/message.ts';
import { type FolderExporter, PicturesStay } from './exporter.ts';

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
      let stays: PicturesStay | null = null;
      for (const [{ sopInstanceUid: clip }, regions] of byClip) {
        const format = { content: `contour-clip-${number + 1}`, extension: 'dcm' };
        let bytes: Uint8Array;
        try {
          ({ bytes } = await contourClip(snapshot, regions, {
            ...{ number: number + 1, format: dicomContourClip.id, signal },
          }));
        } catch (error) {
          if (!(error instanceof PicturesStay)) throw error;
          stays = error;
          continue;
        }
        number += 1;
        yield { path: exportFileName(document.facts, format, { withPatient }), bytes, clip };
      }
      if (number === 0 && stays !== null) throw stays;
    }
  },
};
