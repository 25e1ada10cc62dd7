import { SystolaError } from '../../../core/error.ts';
import type { ClipFacts } from '../../../core/clip/clip.ts';
import { tracedStructures, tracesOf } from '../../../core/review/traces.ts';
import { structures, type StructureId } from '../../../core/structure/structure.ts';
import type { Trace } from '../../../core/trace/trace.ts';
import type { ExportSnapshot } from '../exporter.ts';
import { refuseRejected } from './document-state.ts';

/** A contour with its place, as it is drawn on a frame. */
export interface TracedRegion {
  readonly clip: ClipFacts;
  readonly structure: StructureId;
  readonly frame: number;
  readonly trace: Trace;
}

/** `measured`: ED and ES of every measured beat; of a clip without one, all. */
export type DrawnFrames = 'measured' | 'all';

/**
 * Contours that leave for other systems, by clip, frame and structure.
 *
 * @throws SystolaError where there is none, or the study was rejected
 */
export function contouredRegions(
  snapshot: Pick<ExportSnapshot, 'document' | 'measurements'>,
  drawn: DrawnFrames,
): TracedRegion[] {
  refuseRejected(snapshot.document);
  const regions = tracedRegions(snapshot, drawn);
  if (regions.length > 0) return regions;
  throw new SystolaError(
    'not-writable',
    'The study has no contour that can be written. Contour a clip first.',
  );
}

export function tracedRegions(
  { document, measurements }: Pick<ExportSnapshot, 'document' | 'measurements'>,
  drawn: DrawnFrames,
): TracedRegion[] {
  return document.clips.flatMap((clip) => {
    const review = document.review.clips[clip.sopInstanceUid];
    const beats = measurements.clips[clip.sopInstanceUid]?.measuredBeats ?? [];
    const measured = new Set(beats.flatMap(({ beat: { edFrame, esFrame } }) => [edFrame, esFrame]));
    const isDrawn = (frame: number): boolean => drawn === 'all' || beats.length === 0 || measured.has(frame);
    return tracedStructures(review)
      .toSorted((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
      .flatMap((structure) =>
        Object.entries(tracesOf(review, structure)).map(([frame, trace]) => ({
          ...{ clip, structure, trace },
          frame: Number(frame),
        })),
      )
      .filter(({ frame }) => frame < clip.frames && isDrawn(frame))
      .toSorted((a, b) => a.frame - b.frame);
  });
}

/** Structures that are known in their order, others behind them. */
function rank(structure: StructureId): number {
  const index = structures().findIndex(({ id }) => id === structure);
  return index < 0 ? Infinity : index;
}
