import { exportFileName } from '../../core/export/export-file-name.ts';
import { message } from '../../core/language/message.ts';
import type { PictureKind } from './dicom/presentation-state.ts';
import type { TracedRegion } from './dicom/traced-regions.ts';
import type { ExportSnapshot, FolderExporter } from './exporter.ts';

const kinds = ['grey', 'colour'] as const satisfies readonly PictureKind[];

/** Contours as viewers lay them over the pictures: an object for the grey clips of a study, and one for those in colour. */
export const dicomPresentation: FolderExporter = {
  id: 'dicom-presentation',
  label: message('export.format.dicom-presentation'),
  content: 'presentation',
  extension: 'zip',
  mediaType: 'application/zip',
  async *files(snapshots, signal) {
    const [{ presentationState }, { contouredRegions, tracedRegions }, { placedMarks }, { refuseRejected }] =
      await Promise.all([
        import('./dicom/presentation-state.ts'),
        import('./dicom/traced-regions.ts'),
        import('./dicom/mark-annotations.ts'),
        import('./dicom/document-state.ts'),
      ]);
    for await (const snapshot of snapshots) {
      const { document, withPatient } = snapshot;
      refuseRejected(document);
      const marks = placedMarks(snapshot);
      const regions = marks.length > 0 ? tracedRegions(snapshot, 'all') : contouredRegions(snapshot, 'all');
      const kindOf = await pictureKinds(snapshot, [...regions, ...marks], signal);
      for (const kind of kinds) {
        signal.throwIfAborted();
        const own = regions.filter(({ clip }) => kindOf.get(clip.sopInstanceUid) === kind);
        const ownMarks = marks.filter(({ clip }) => kindOf.get(clip.sopInstanceUid) === kind);
        if (own.length + ownMarks.length === 0) continue;
        const format = { content: `presentation-${kind}`, extension: 'dcm' };
        yield {
          path: exportFileName(document.facts, format, { withPatient }),
          bytes: presentationState(snapshot, kind, own, ownMarks).bytes,
        };
      }
    }
  },
};

/** Whether clips are grey or in colour, by the first picture that is drawn on. */
async function pictureKinds(
  snapshot: ExportSnapshot,
  drawn: readonly Pick<TracedRegion, 'clip' | 'frame'>[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, PictureKind>> {
  const found = new Map<string, PictureKind>();
  for (const { clip, frame } of drawn) {
    const { sopInstanceUid } = clip;
    if (found.has(sopInstanceUid)) continue;
    signal.throwIfAborted();
    const { channels } = await snapshot.frame(sopInstanceUid, frame);
    found.set(sopInstanceUid, channels === 1 ? 'grey' : 'colour');
  }
  return found;
}
