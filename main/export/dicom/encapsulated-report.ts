import { researchUseNotice } from '../../../core/notice.ts';
import { attributes } from '../../dicom/write/attributes.ts';
import { codeItem } from '../../dicom/write/code-item.ts';
import { codes } from '../../dicom/write/codes.ts';
import { element } from '../../dicom/write/element.ts';
import { writeObject, type WrittenObject } from '../../dicom/write/write-object.ts';
import type { ExportSnapshot } from '../exporter.ts';
import { deidentification } from './deidentification.ts';
import { contentMoment, contentTime, refuseRejected, signerOf, verification } from './document-state.ts';
import { predecessors } from './predecessors.ts';
import { clipReference, clipsBehind } from './references.ts';
import { neededOfDocuments, patientAndStudy, seriesAndEquipment } from './study-modules.ts';

const encapsulatedPdfStorage = '1.2.840.10008.5.1.4.1.1.104.1';

/**
 * The report as an Encapsulated PDF (PS3.3 A.45.1), dated by the study's last revision: the same state gives the same
 * bytes, PDF included.
 *
 * @param format under which it is exported
 * @throws SystolaError of the report, NotWritable, or because the study was rejected
 */
export async function encapsulatedReport(snapshot: ExportSnapshot, format: string): Promise<WrittenObject> {
  const { document, measurements, settings, softwareVersion, deidentified } = snapshot;
  refuseRejected(document);
  const createdAt = contentMoment(document, snapshot.createdAt);
  const { writeReportPdf } = await import('../../report/report.ts');
  const pdf = await writeReportPdf({
    ...snapshot,
    ...(await snapshot.arrangement()),
    createdAt,
    files: await snapshot.files(),
  });
  const clips = clipsBehind(document, measurements);
  const [verificationFlag] = verification(signerOf(document.review.decision, settings));
  return writeObject({
    sopClassUid: encapsulatedPdfStorage,
    elements: [
      ...patientAndStudy(document),
      ...deidentification(deidentified, { checked: null, madeAnew: ['structured'] }),
      // Viewers that know no OT know DOC.
      ...seriesAndEquipment(document, softwareVersion, {
        ...{ kind: 'report', modality: 'DOC', number: 9001 },
        description: 'Systola report',
      }),
      ...contentTime(createdAt),
      element(attributes.ConversionType, 'WSD'),
      // Of none of several clips.
      element(attributes.AcquisitionDateTime),
      element(attributes.BurnedInAnnotation, 'YES'),
      element(attributes.DocumentTitle, `Echocardiography report. ${researchUseNotice}`),
      element(attributes.ConceptNameCodeSequence, codeItem(codes.echoReport)),
      ...(verificationFlag === undefined ? [] : [verificationFlag]),
      ...(clips.length === 0
        ? []
        : [element(attributes.SourceInstanceSequence, ...clips.map((clip) => clipReference(clip)))]),
      ...predecessors(document, snapshot.earlier(format)),
      element(attributes.MIMETypeOfEncapsulatedDocument, 'application/pdf'),
      element(attributes.EncapsulatedDocument, pdf),
      // Without the byte that makes it even.
      element(attributes.EncapsulatedDocumentLength, pdf.length),
    ],
    needed: [
      ...neededOfDocuments,
      attributes.ConversionType,
      attributes.BurnedInAnnotation,
      attributes.MIMETypeOfEncapsulatedDocument,
      attributes.EncapsulatedDocument,
    ],
  });
}
