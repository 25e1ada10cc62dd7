import { exportFileName } from '../../core/export/export-file-name.ts';
import { message } from '../../core/language/message.ts';
import type { GreyDisplay } from '../dicom/grey-display.ts';
import type { PlacedMark } from './dicom/mark-annotations.ts';
import type { PictureKind } from './dicom/presentation-state.ts';
import type { TracedRegion } from './dicom/traced-regions.ts';
import type { ExportSnapshot, FolderExporter } from './exporter.ts';

/**
 * Contours as viewers lay them over the pictures: an object for the grey clips of a study that are shown alike, mostly all
 * of them, and one for those in colour.
 */
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
      const groups = await shownAlike(snapshot, regions, marks, signal);
      for (const [index, { kind, content, displays, own, ownMarks }] of groups.entries()) {
        signal.throwIfAborted();
        yield {
          path: exportFileName(document.facts, { content, extension: 'dcm' }, { withPatient }),
          bytes: presentationState(snapshot, { kind, instance: index + 1, displays }, own, ownMarks).bytes,
        };
      }
    }
  },
};

interface ShownAlike {
  readonly kind: PictureKind;
  /** In the file's name. */
  readonly content: string;
  readonly displays: ReadonlyMap<string, GreyDisplay>;
  readonly own: readonly TracedRegion[];
  readonly ownMarks: readonly PlacedMark[];
}

/** What is drawn on pictures that one object can show: grey ones first. */
async function shownAlike(
  snapshot: ExportSnapshot,
  regions: readonly TracedRegion[],
  marks: readonly PlacedMark[],
  signal: AbortSignal,
): Promise<ShownAlike[]> {
  const kindOf = await pictureKinds(snapshot, [...regions, ...marks], signal);
  const displays = new Map<string, GreyDisplay>();
  for (const [uid, kind] of kindOf) {
    signal.throwIfAborted();
    if (kind === 'grey') displays.set(uid, await snapshot.greyDisplay(uid));
  }
  const uids = (kind: PictureKind) => [...kindOf].filter(([, one]) => one === kind).map(([uid]) => uid);
  const grey = Map.groupBy(uids('grey'), (uid) => {
    const { rescaleSlope, rescaleIntercept, isInverted } = displays.get(uid)!;
    return `${rescaleSlope} ${rescaleIntercept} ${isInverted}`;
  });
  const drawnOn = (clips: readonly string[]) => ({
    own: regions.filter(({ clip }) => clips.includes(clip.sopInstanceUid)),
    ownMarks: marks.filter(({ clip }) => clips.includes(clip.sopInstanceUid)),
  });
  const colour = uids('colour');
  return [
    ...[...grey.values()].map((clips, index) => ({
      ...{ kind: 'grey' as const, displays, ...drawnOn(clips) },
      content: index === 0 ? 'presentation-grey' : `presentation-grey-${index + 1}`,
    })),
    ...(colour.length === 0
      ? []
      : [{ kind: 'colour' as const, content: 'presentation-colour', displays, ...drawnOn(colour) }]),
  ];
}

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
