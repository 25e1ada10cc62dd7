import { exportFileName } from '../../core/export/export-file-name.ts';
import { message } from '../../core/language/message.ts';
import type { GreyDisplay } from '../dicom/grey-display.ts';
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
    const [{ presentationState }, { contouredRegions }] = await Promise.all([
      import('./dicom/presentation-state.ts'),
      import('./dicom/traced-regions.ts'),
    ]);
    for await (const snapshot of snapshots) {
      const { document, withPatient } = snapshot;
      const regions = contouredRegions(snapshot, 'all');
      const groups = await shownAlike(snapshot, regions, signal);
      for (const [index, { kind, content, displays, own }] of groups.entries()) {
        signal.throwIfAborted();
        yield {
          path: exportFileName(document.facts, { content, extension: 'dcm' }, { withPatient }),
          bytes: presentationState(snapshot, { kind, instance: index + 1, displays }, own).bytes,
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
}

/** Regions on pictures that one object can show: grey ones first. */
async function shownAlike(
  snapshot: ExportSnapshot,
  regions: readonly TracedRegion[],
  signal: AbortSignal,
): Promise<ShownAlike[]> {
  const kindOf = await pictureKinds(snapshot, regions, signal);
  const displays = new Map<string, GreyDisplay>();
  for (const [uid, kind] of kindOf) {
    signal.throwIfAborted();
    if (kind === 'grey') displays.set(uid, await snapshot.greyDisplay(uid));
  }
  const of = (kind: PictureKind) => regions.filter(({ clip }) => kindOf.get(clip.sopInstanceUid) === kind);
  const grey = Map.groupBy(of('grey'), ({ clip }) => {
    const { rescaleSlope, rescaleIntercept, isInverted } = displays.get(clip.sopInstanceUid)!;
    return `${rescaleSlope} ${rescaleIntercept} ${isInverted}`;
  });
  const colour = of('colour');
  return [
    ...[...grey.values()].map((own, index) => ({
      ...{ kind: 'grey' as const, displays, own },
      content: index === 0 ? 'presentation-grey' : `presentation-grey-${index + 1}`,
    })),
    ...(colour.length === 0
      ? []
      : [{ kind: 'colour' as const, content: 'presentation-colour', displays, own: colour }]),
  ];
}

/** Whether clips are grey or in colour, by the first picture that is drawn on. */
async function pictureKinds(
  snapshot: ExportSnapshot,
  regions: readonly TracedRegion[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, PictureKind>> {
  const found = new Map<string, PictureKind>();
  for (const { clip, frame } of regions) {
    const { sopInstanceUid } = clip;
    if (found.has(sopInstanceUid)) continue;
    signal.throwIfAborted();
    const { channels } = await snapshot.frame(sopInstanceUid, frame);
    found.set(sopInstanceUid, channels === 1 ? 'grey' : 'colour');
  }
  return found;
}
