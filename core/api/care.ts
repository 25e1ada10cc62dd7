import { z } from 'zod';
import { patientCorrectionSchema } from '../patient/schema.ts';

/*
 * DELETE /api/studies/:study                   RemovalState, 202: out of sight, and gone when it is not taken back
 * DELETE /api/studies/:study/instances/:instance   the same of one clip or document; the last one takes its study along
 * GET    /api/removals                         RemovalState[]
 * POST   /api/removals/:removal/take-back      204
 * PUT    /api/patients                         PatientRequest, 204: says whose studies these are
 */

export const removalStateSchema = z.object({
  id: z.number().int(),
  studyInstanceUid: z.string(),
  /** The clip or document that goes; null where the whole study does. */
  sopInstanceUid: z.string().nullable(),
  at: z.string(),
  author: z.string(),
  /** How long it can still be taken back, ms. */
  leftMs: z.number(),
});
export type RemovalState = z.infer<typeof removalStateSchema>;

/** Of one correction: two entries of a patient hold some dozens. */
const mostStudies = 1000;

export const patientRequestSchema = z.strictObject({
  studies: z.array(z.string().min(1)).min(1).max(mostStudies),
  /** What is left out stays; null: as the files say. */
  patient: patientCorrectionSchema.nullable(),
});
export type PatientRequest = z.infer<typeof patientRequestSchema>;
