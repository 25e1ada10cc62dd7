import type { StudyDocument } from '../../../core/api/requests.ts';
import type { StudyMeasurements } from '../../../core/assessment/measure-study.ts';
import type { ClipFacts } from '../../../core/clip/clip.ts';
import { studyUidOf } from '../../../core/clip/study-key.ts';
import type { Attribute } from '../../dicom/write/attribute.ts';
import { attributes } from '../../dicom/write/attributes.ts';
import { type DataSet, element, type Element, inOrder } from '../../dicom/write/element.ts';

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

/** Items of a Referenced Series Sequence with the clips of each series, as presentation states name them (PS3.3 C.11.11). */
export const imagesBySeries = (clips: readonly ClipFacts[]): DataSet[] =>
  bySeries(clips, attributes.ReferencedImageSequence);

/** The same as images that are derived from others name them (PS3.3 C.12.2). */
export const instancesBySeries = (clips: readonly ClipFacts[]): DataSet[] =>
  bySeries(clips, attributes.ReferencedInstanceSequence);

const bySeries = (clips: readonly ClipFacts[], members: Attribute<'SQ'>): DataSet[] =>
  [...Map.groupBy(clips, ({ seriesInstanceUid }) => seriesInstanceUid)].map(([uid, own]) =>
    inOrder([
      element(members, ...own.map((clip) => clipReference(clip))),
      element(attributes.SeriesInstanceUID, uid),
    ]),
  );

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
