import type { StudyDocument } from '../../../core/api/requests.ts';
import type { ClipFacts } from '../../../core/clip/clip.ts';
import { studyUidOf } from '../../../core/clip/study-key.ts';
import { attributes } from '../../dicom/write/attributes.ts';
import { codeItem } from '../../dicom/write/code-item.ts';
import { element, type Element } from '../../dicom/write/element.ts';
import { replacedByThis } from '../../dicom/write/own-codes.ts';
import type { EarlierObject } from '../exporter.ts';

/**
 * Predecessor Documents Sequence (PS3.3 C.17.2; of encapsulated documents C.24.2): the last report of this kind that left of an earlier revision, which
 * this one replaces. Others of the same revision are no predecessors: what is exported again has the same bytes.
 */
export function predecessors(
  { facts, head }: Pick<StudyDocument, 'facts' | 'head'>,
  earlier: readonly EarlierObject[],
): Element[] {
  const replaced = lastBefore(head, earlier);
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

/** An object of which there is one for each clip. */
export interface OneOfSeveral {
  /** Of the clip among those that are written. */
  readonly number: number;
  /** Under which it is exported. */
  readonly format: string;
}

/**
 * The same of images, which have no such sequence: Referenced Instance Sequence (PS3.3 C.12.4) with a purpose of ours, since
 * none that is published says it. What left before objects told their clip is not found.
 */
export function replacedInstance(
  { head }: Pick<StudyDocument, 'head'>,
  earlier: readonly EarlierObject[],
  { sopInstanceUid: clip }: Pick<ClipFacts, 'sopInstanceUid'>,
): Element[] {
  const replaced = lastBefore(
    head,
    earlier.filter((one) => one.clip === clip),
  );
  if (replaced === null) return [];
  return [
    element(attributes.ReferencedInstanceSequence, [
      element(attributes.ReferencedSOPClassUID, replaced.sopClassUid),
      element(attributes.ReferencedSOPInstanceUID, replaced.sopInstanceUid),
      element(attributes.PurposeOfReferenceCodeSequence, codeItem(replacedByThis)),
    ]),
  ];
}

const lastBefore = (head: number, earlier: readonly EarlierObject[]): EarlierObject | null =>
  earlier.filter((one) => one.head < head).reduce<EarlierObject | null>(laterOf, null);

const laterOf = (one: EarlierObject | null, other: EarlierObject): EarlierObject =>
  one === null || other.head >= one.head ? other : one;
