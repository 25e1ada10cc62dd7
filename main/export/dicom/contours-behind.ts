import type { StudyDocument } from '../../../core/api/requests.ts';
import type { ClipFacts } from '../../../core/clip/clip.ts';
import type { Measurement } from '../../../core/measurement/measurement.ts';
import { traceAt } from '../../../core/review/traces.ts';
import type { StructureId } from '../../../core/structure/structure.ts';
import type { Trace } from '../../../core/trace/trace.ts';
import { polylineItem, related, type RelatedItem } from '../../dicom/write/content-item.ts';
import { closedContour } from './closed-contour.ts';
import { clipReference } from './references.ts';

/** A contour that a number was read from. */
export interface ContourBehind {
  readonly clip: ClipFacts;
  readonly frame: number;
  readonly trace: Trace;
}

/** Contours of a structure on the frames that a number was read from, each once. */
export function contoursBehind(
  { clips, review }: Pick<StudyDocument, 'clips' | 'review'>,
  { sources }: Pick<Measurement, 'sources'>,
  structure: StructureId,
): ContourBehind[] {
  const found = new Map<string, ContourBehind>();
  for (const { sopInstanceUid, frame } of sources) {
    const clip = clips.find((one) => one.sopInstanceUid === sopInstanceUid);
    const trace = traceAt(review.clips[sopInstanceUid], structure, frame);
    if (clip !== undefined && trace !== null) found.set(`${sopInstanceUid} ${frame}`, { clip, frame, trace });
  }
  return [...found.values()];
}

/** The contour as a closed polyline on its frame. */
export function contourItem({ clip, frame, trace }: ContourBehind): RelatedItem {
  const polyline = polylineItem(null, closedContour(clip, trace), clipReference(clip, frame));
  return related('INFERRED FROM', polyline);
}
