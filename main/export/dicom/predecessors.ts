import type { StudyDocument } from '../../../core/api/requests.ts';
import { studyUidOf } from '../../../core/clip/study-key.ts';
import { attributes } from '../../dicom/write/attributes.ts';
import { element, type Element } from '../../dicom/write/element.ts';
import type { EarlierObject } from '../exporter.ts';

/**
 * Predecessor Documents Sequence (PS3.3 C.17.2): the last report of this kind that left of an earlier revision, which
 * this one replaces. Others of the same revision are no predecessors: what is exported again has the same bytes.
 */
export function predecessors(
  { facts, head }: Pick<StudyDocument, 'facts' | 'head'>,
  earlier: readonly EarlierObject[],
): Element[] {
  const replaced = earlier.filter((one) => one.head < head).reduce<EarlierObject | null>(laterOf, null);
  if (replaced === null) return [];
  const { sopClassUid, sopInstanceUid, seriesInstanceUid } = replaced;
  const instance = [
    element(attributes.ReferencedSOPClassUID, sopClassUid),
    element(attributes.ReferencedSOPInstanceUID, sopInstanceUid),
  ];
  const series = [
    element(attributes.ReferencedSOPSequence, instance),
    element(attributes.SeriesInstanceUID, seriesInstanceUid),
  ];
  return [
    element(attributes.PredecessorDocumentsSequence, [
      element(attributes.ReferencedSeriesSequence, series),
      element(attributes.StudyInstanceUID, studyUidOf(facts.studyInstanceUid)),
    ]),
  ];
}

const laterOf = (one: EarlierObject | null, other: EarlierObject): EarlierObject =>
  one === null || other.head >= one.head ? other : one;
