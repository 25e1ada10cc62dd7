import type { StudyDocument } from '../../../core/api/requests.ts';
import { SystolaError } from '../../../core/error.ts';
import type { Decision } from '../../../core/review/review.ts';
import type { Settings } from '../../../core/settings/settings.ts';
import { attributes } from '../../dicom/write/attributes.ts';
import { element, type Element } from '../../dicom/write/element.ts';
import { plainName, plainText } from './plain-text.ts';

/** Who signed a study, as far as an export knows. */
export interface Signer {
  readonly name: string;
  readonly organisation: string | null;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/**
 * null where nobody accepted the study. It was signed for whom the settings named then; of what was signed before that was
 * kept, whom they name now.
 */
export function signerOf(
  decision: Decision,
  { organisation }: Pick<Settings, 'organisation'>,
): Signer | null {
  if (decision.state !== 'accepted') return null;
  const signedFor = decision.signed?.organisation ?? organisation;
  return { name: decision.by, organisation: plainText(signedFor, 64), at: decision.at };
}

/** @throws SystolaError for a study that was rejected: its numbers are in no system but this one */
export function refuseRejected({ review: { decision } }: Pick<StudyDocument, 'review'>): void {
  if (decision.state !== 'rejected') return;
  throw new SystolaError(
    'not-writable',
    'The study was rejected, so that it is not written for other systems. Accept it, or export analysis.json.',
  );
}

/**
 * When what is exported came about: at the study's last revision, so that the same state has the same bytes; else, of a study
 * that nobody touched, now.
 */
export function contentMoment({ history }: Pick<StudyDocument, 'history'>, createdAt: Date): Date {
  const last = history.at(-1);
  return last === undefined ? createdAt : new Date(last.at);
}

/** "20260102" and "030405" in UTC. */
function dateAndTime(moment: Date): { readonly date: string; readonly time: string } {
  const [date = '', time = ''] = moment.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').split('T');
  return { date, time };
}

/** Content Date and Time, with the zone that they are in. */
export function contentTime(moment: Date): Element[] {
  const { date, time } = dateAndTime(moment);
  return [
    element(attributes.ContentDate, date),
    element(attributes.ContentTime, time),
    element(attributes.TimezoneOffsetFromUTC, '+0000'),
  ];
}

/** Presentation Creation Date and Time, with the zone that they are in. */
export function creationTime(moment: Date): Element[] {
  const { date, time } = dateAndTime(moment);
  return [
    element(attributes.PresentationCreationDate, date),
    element(attributes.PresentationCreationTime, time),
    element(attributes.TimezoneOffsetFromUTC, '+0000'),
  ];
}

/** A document is verified only by a person with a name who signs for an organisation (PS3.3 section C.17.2). */
export function verification(signer: Signer | null): Element[] {
  const name = signer === null ? null : plainName(signer.name);
  if (signer === null || name === null || !signer.organisation?.trim()) {
    return [element(attributes.VerificationFlag, 'UNVERIFIED')];
  }
  const { date, time } = dateAndTime(new Date(signer.at));
  return [
    element(attributes.VerificationFlag, 'VERIFIED'),
    element(attributes.VerifyingObserverSequence, [
      element(attributes.VerifyingOrganization, signer.organisation),
      element(attributes.VerificationDateTime, `${date}${time}+0000`),
      element(attributes.VerifyingObserverName, name),
      element(attributes.VerifyingObserverIdentificationCodeSequence),
    ]),
  ];
}
