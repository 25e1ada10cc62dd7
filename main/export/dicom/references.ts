import type { StudyDocument } from '../../../core/api/requests.ts';
import type { StudyMeasurements } from '../../../core/assessment/measure-study.ts';
import type { ClipFacts } from '../../../core/clip/clip.ts';
import { studyUidOf } from '../../../core/clip/study-key.ts';
import { attributes } from '../../dicom/write/attributes.ts';
import { type DataSet, element, type Element } from '../../dicom/write/element.ts';

/** Clips that the study's numbers rest on, in the study's order. */
export function clipsBehind(
  { clips }: Pick<StudyDocument, 'clips'>,
  { used, measurements }: Pick<StudyMeasurements, 'used' | 'measurements'>,
): ClipFacts[] {
  const uids = new Set([
    ...used,
    ...measurements.flatMap(({ sources }) => sources.map(({ sopInstanceUid }) => sopInstanceUid)),
  ]);
  return clips.filter(({ sopInstanceUid }) => uids.has(sopInstanceUid));
}

/** A reference to a clip, or to some of its frames, which count from 0 here and from 1 there. */
export function clipReference(
  { sopClassUid, sopInstanceUid }: Pick<ClipFacts, 'sopClassUid' | 'sopInstanceUid'>,
  ...frames: readonly number[]
): DataSet {
  return [
    element(attributes.ReferencedSOPClassUID, sopClassUid),
    element(attributes.ReferencedSOPInstanceUID, sopInstanceUid),
    ...(frames.length === 0
      ? []
      : [element(attributes.ReferencedFrameNumber, ...frames.map((frame) => frame + 1))]),
  ];
}

/** Items of a Referenced Series Sequence with the images of each series (PS3.3 C.11.11). */
export const imagesBySeries = (clips: readonly ClipFacts[]): DataSet[] =>
  [...Map.groupBy(clips, ({ seriesInstanceUid }) => seriesInstanceUid)].map(([uid, members]) => [
    element(attributes.ReferencedImageSequence, ...members.map((clip) => clipReference(clip))),
    element(attributes.SeriesInstanceUID, uid),
  ]);

/** Current Requested Procedure Evidence Sequence: all that a structured report refers to, by series (PS3.3 C.17.2). */
export function evidence({ facts }: Pick<StudyDocument, 'facts'>, clips: readonly ClipFacts[]): Element[] {
  if (clips.length === 0) return [];
  const series = Map.groupBy(clips, ({ seriesInstanceUid }) => seriesInstanceUid);
  const items = [...series].map(([uid, members]): DataSet => [
    element(attributes.ReferencedSOPSequence, ...members.map((clip) => clipReference(clip))),
    element(attributes.SeriesInstanceUID, uid),
  ]);
  return [
    element(attributes.CurrentRequestedProcedureEvidenceSequence, [
      element(attributes.ReferencedSeriesSequence, ...items),
      element(attributes.StudyInstanceUID, studyUidOf(facts.studyInstanceUid)),
    ]),
  ];
}
