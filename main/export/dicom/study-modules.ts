import type { StudyDocument } from '../../../core/api/requests.ts';
import type { PersonName } from '../../../core/clip/clip.ts';
import { studyUidOf } from '../../../core/clip/study-key.ts';
import { derivedUid } from '../../dicom/derived-uid.ts';
import type { Attribute } from '../../dicom/write/attribute.ts';
import { attributes } from '../../dicom/write/attributes.ts';
import { sexes } from '../../dicom/write/sexes.ts';
import { roundedDecimal } from '../../dicom/write/decimal.ts';
import { element, type Element, optional } from '../../dicom/write/element.ts';
import { plainText } from './plain-text.ts';

export const manufacturer = 'Systola';

/**
 * Patient and study as the files have them (PS3.3 sections C.7.1.1, C.7.2.1, C.7.2.2): what identifies them is written exactly
 * or not at all, and the body that indexed numbers rest on with it.
 */
export function patientAndStudy({ facts, review }: Pick<StudyDocument, 'facts' | 'review'>): Element[] {
  const { patient } = facts;
  const { heightCm, weightKg } = review.body;
  const { patientId, issuerOfPatientId: issuer } = patient;
  return [
    optional(attributes.PatientName, nameOf(patient.name)),
    optional(attributes.PatientID, patientId === '' ? null : patientId),
    ...(issuer === null ? [] : [element(attributes.IssuerOfPatientID, issuer)]),
    optional(attributes.PatientBirthDate, dateOf(patient.birthDate)),
    optional(attributes.PatientSex, sexes[patient.sex]),
    ...(heightCm === null ? [] : [element(attributes.PatientSize, roundedDecimal(heightCm.value / 100))]),
    ...(weightKg === null ? [] : [element(attributes.PatientWeight, roundedDecimal(weightKg.value))]),
    element(attributes.StudyInstanceUID, studyUidOf(facts.studyInstanceUid)),
    optional(attributes.StudyDate, dateOf(facts.studyDate)),
    // Not among what is known of a study; archives have it of the clips.
    element(attributes.StudyTime),
    element(attributes.ReferringPhysicianName),
    element(attributes.StudyID),
    optional(attributes.AccessionNumber, facts.accessionNumber),
    optional(attributes.StudyDescription, plainText(facts.description, 64)),
  ];
}

/** Of one kind and revision, for whose numbers there is room. */
const mostInstances = 16;

export interface SeriesOfKind {
  /** Names the kind of object in the series' UID; never changed. */
  readonly kind: string;
  readonly modality: string;
  readonly number: number;
  readonly description: string;
  /** Where the kind has several instances of one revision: from 1 to {@link mostInstances}. */
  readonly instance?: number;
}

/** One series for each kind of object and version of the software, which is an attribute of series (PS3.3 C.7.5.1). */
export function seriesAndEquipment(
  { facts, head }: Pick<StudyDocument, 'facts' | 'head'>,
  softwareVersion: string,
  { kind, modality, number, description, instance }: SeriesOfKind,
): Element[] {
  const uid = derivedUid('series', ['export', facts.studyInstanceUid, kind, softwareVersion]);
  return [
    element(attributes.Modality, modality),
    element(attributes.SeriesInstanceUID, uid),
    element(attributes.SeriesNumber, number),
    element(attributes.SeriesDescription, description),
    element(attributes.Manufacturer, manufacturer),
    element(attributes.ManufacturerModelName, manufacturer),
    element(attributes.SoftwareVersions, softwareVersion),
    element(
      attributes.InstanceNumber,
      instance === undefined ? Math.max(1, head) : mostInstances * Math.max(0, head - 1) + instance,
    ),
  ];
}

/** Attributes of these modules that have to have a value. */
export const neededOfDocuments: readonly Attribute[] = [
  attributes.InstanceNumber,
  attributes.ContentDate,
  attributes.ContentTime,
];

function nameOf({ alphabetic, ideographic, phonetic }: PersonName): string | null {
  const name = [alphabetic, ideographic, phonetic].join('=').replace(/=+$/, '');
  return name === '' ? null : name;
}

const dateOf = (date: string | null): string | null => (date === null ? null : date.replaceAll('-', ''));
