import { z } from 'zod';
import type { PatientFacts } from '../clip/clip.ts';
import { patientCorrectionSchema } from '../patient/schema.ts';

/*
 * DELETE /api/studies/:study                   RemovalState, 202: out of sight, and gone when it is not taken back
 * DELETE /api/studies/:study/instances/:instance   the same of one clip or document; the last one takes its study along
 * GET    /api/removals                         RemovalState[]
 * POST   /api/removals/:removal/take-back      204
 * GET    /api/studies/:study/patient-data      StudyPatient
 * PUT    /api/patients                         PatientRequest -> StudyPatient of the first: says whose studies these are
 * GET    /api/library/size                     LibrarySize
 * GET    /api/backups                          BackupState: what is or was last under way
 * DELETE /api/backups                          cancel -> BackupState
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

/** What the library takes of the disk. */
export interface LibrarySize {
  readonly studies: number;
  readonly files: number;
  /** Of the stored files. */
  readonly fileBytes: number;
  /** Of the database with its log. */
  readonly databaseBytes: number;
  /** Of what restoring put aside; null where that cannot be known. */
  readonly replacedBytes: number | null;
  /** Free on the disk of the library; null where that cannot be known. */
  readonly freeBytes: number | null;
}

export const backupKinds = ['backup', 'check', 'restore'] as const;
export type BackupKind = (typeof backupKinds)[number];

/** Whose study it is, and which others are listed under the same ID and name. */
export interface StudyPatient {
  readonly patient: PatientFacts;
  /** As the study's files say. */
  readonly filed: PatientFacts;
  /** Itself included. */
  readonly studies: readonly string[];
}

export const backupStateSchema = z.object({
  kind: z.enum(backupKinds),
  state: z.enum(['idle', 'running', 'finished', 'failed', 'cancelled']),
  folder: z.string(),
  done: z.number().int(),
  total: z.number().int(),
  bytesDone: z.number(),
  result: z
    .object({
      /** Of the state that was written, checked, or laid ready for the next start. */
      folder: z.string(),
      files: z.number().int(),
      copied: z.number().int(),
      /** Files of the library that could not be kept, with why, or of the backup that are not what was backed up. */
      faults: z.array(z.string()),
      /** Of a backup that is checked or restored: files that it never held, as they could not be kept. */
      missing: z.array(z.string()),
    })
    .nullable(),
  message: z.string().nullable(),
});
export type BackupState = z.infer<typeof backupStateSchema>;
