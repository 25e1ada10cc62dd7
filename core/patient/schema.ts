import { z } from 'zod';
import type { PatientFacts } from '../clip/clip.ts';

/** VR LO of PS3.5 6.2; a name has three components of 64 characters. */
const longText = z.string().trim().max(64);
const component = z.string().trim().max(64);

/** ISO 8601, of a day that there is. */
const date = z.string().refine((text) => {
  const match = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
  if (match === null) return false;
  const [year, month, day] = match.slice(1).map(Number) as [number, number, number];
  const at = new Date(Date.UTC(year, month - 1, day));
  return at.getUTCFullYear() === year && at.getUTCMonth() === month - 1 && at.getUTCDate() === day;
}, 'no date as YYYY-MM-DD');

/** A patient as a person enters it. */
const patientSchema = z.strictObject({
  patientId: longText,
  issuerOfPatientId: longText.nullable(),
  name: z.strictObject({ alphabetic: component, ideographic: component, phonetic: component }),
  birthDate: date.nullable(),
  sex: z.enum(['male', 'female', 'other', 'unknown']),
}) satisfies z.ZodType<PatientFacts>;

export const patientCorrectionSchema = patientSchema.partial();
