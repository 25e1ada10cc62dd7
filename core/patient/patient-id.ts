import type { PatientFacts } from '../clip/clip.ts';
import { isPlaceholder } from './placeholders.ts';

/**
 * The id under which its issuer keeps a patient. Spaces at either end of a value of VR LO mean nothing (PS3.5 6.2);
 * everything else, leading zeros and the case of letters included, is the issuer's to mean something by.
 */
export const statedId = ({ patientId }: PatientFacts): string => trimmed(patientId);

/** Who issued the id (PS3.3 C.7.1.1, Issuer of Patient ID (0010,0021)); null where the file does not say. */
export function statedIssuer({ issuerOfPatientId }: PatientFacts): string | null {
  const issuer = trimmed(issuerOfPatientId ?? '');
  return issuer === '' ? null : issuer;
}

/** Whether a patient is told from others by it: an id that is one, and not a word or zeros in its place. */
export function isRealId(id: string): boolean {
  const folded = foldedId(id);
  return folded !== '' && !/^(?:x+|9{4,})$/u.test(folded) && !isPlaceholder(folded);
}

/**
 * An id without what people and interfaces add and lose when they write it again: leading zeros, spaces and signs inside,
 * the case of letters, wide forms. Two that are alike may be one person's; they are not for that the same.
 */
export function foldedId(id: string): string {
  return id
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '')
    .replace(/^0+/u, '');
}

// Some writers pad with NUL, which PS3.5 keeps for UIDs.
const padding = /^[\s\u0000]+|[\s\u0000]+$/gu;
const trimmed = (value: string): string => value.replace(padding, '');
