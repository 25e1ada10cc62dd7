import type { ClipFacts } from '../../../core/clip/clip.ts';
import { attributes } from '../../dicom/write/attributes.ts';
import { type ContentItem, rootElements } from '../../dicom/write/content-item.ts';
import { element, type Element } from '../../dicom/write/element.ts';
import { inLegacyCodes } from '../../dicom/write/legacy-codes.ts';
import { writeObject, type WrittenObject } from '../../dicom/write/write-object.ts';
import type { EarlierObject, ExportSnapshot } from '../exporter.ts';
import { deidentification } from './deidentification.ts';
import { contentMoment, contentTime, signerOf, verification } from './document-state.ts';
import { schemeIdentification } from '../../dicom/write/own-codes.ts';
import { predecessors } from './predecessors.ts';
import { evidence } from './references.ts';
import {
  neededOfDocuments,
  patientAndStudy,
  seriesAndEquipment,
  type SeriesOfKind,
} from './study-modules.ts';

const comprehensiveSrStorage = '1.2.840.10008.5.1.4.1.1.88.33';

interface Report {
  /** Comprehensive SR where it is left out. */
  readonly sopClassUid?: string;
  readonly series: Omit<SeriesOfKind, 'modality'>;
  readonly root: ContentItem;
  /** Identifier of the root's template in PS3.16. */
  readonly template: string;
  /** All clips that the tree refers to. */
  readonly clips: readonly ClipFacts[];
  /** Objects of this kind that left the library earlier. */
  readonly earlier: readonly EarlierObject[];
  /** Attributes beside those of the report's modules. */
  readonly besides?: readonly Element[];
}

/**
 * A Comprehensive SR (PS3.3 A.35.3) of the study, dated by its last revision: PARTIAL until somebody accepts the study,
 * VERIFIED where that person signs with a name for an organisation. One of an amended study names what it replaces.
 *
 * @throws NotWritable
 */
export function writeStructuredReport(
  {
    document,
    settings,
    softwareVersion,
    createdAt,
    deidentified,
  }: Pick<ExportSnapshot, 'document' | 'settings' | 'softwareVersion' | 'createdAt' | 'deidentified'>,
  { sopClassUid = comprehensiveSrStorage, series, root, template, clips, earlier, besides = [] }: Report,
): WrittenObject {
  const { decision } = document.review;
  const written = rootElements(root, template);
  const content = settings.snomedScheme === 'SRT' ? inLegacyCodes(written) : written;
  return writeObject({
    sopClassUid,
    elements: [
      ...patientAndStudy(document),
      ...deidentification(deidentified, { checked: null, madeAnew: ['structured'] }),
      ...seriesAndEquipment(document, softwareVersion, { ...series, modality: 'SR' }),
      element(attributes.ReferencedPerformedProcedureStepSequence),
      ...contentTime(contentMoment(document, createdAt)),
      element(attributes.PerformedProcedureCodeSequence),
      ...evidence(document, clips),
      element(attributes.CompletionFlag, decision.state === 'accepted' ? 'COMPLETE' : 'PARTIAL'),
      ...verification(signerOf(decision, settings)),
      ...predecessors(document, earlier),
      ...schemeIdentification(content),
      ...content,
      ...besides,
    ],
    needed: [
      ...neededOfDocuments,
      attributes.CompletionFlag,
      attributes.VerificationFlag,
      attributes.ValueType,
      attributes.ConceptNameCodeSequence,
      attributes.ContinuityOfContent,
    ],
  });
}
