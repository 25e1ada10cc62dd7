import { z } from 'zod';
import { listedResultSchema } from '../assessment/listed-result.ts';
import { studyStatuses } from '../assessment/study-status.ts';

/** One row of the list; of one that cannot be read only the UID, as far as it is known, and why. */
export const studySummarySchema = z.object({
  studyInstanceUid: z.string(),
  patientName: z.string(),
  patientId: z.string(),
  studyDate: z.string().nullable(),
  description: z.string().nullable(),
  clips: z.number().int(),
  /** Structured reports. */
  documents: z.number().int(),
  decision: z.enum(['pending', 'accepted', 'rejected']),
  /** What else the study can be found by: names in other scripts, the accession number, views that its files name. */
  searchText: z.string().optional(),
  /** Why the study cannot be read; left out of one that can. */
  problem: z.string().optional(),
});

/** A row of the worklist. */
export const listedStudySchema = studySummarySchema.extend({
  status: z.enum(studyStatuses),
  /** Counts up: of two rows of a study the one with more is the later. */
  asOf: z.number().int(),
  /** Null where nothing is known that holds of the study as it is now; it is being worked out then. */
  result: listedResultSchema.nullable(),
});
export type StudySummary = z.infer<typeof studySummarySchema>;
export type ListedStudy = z.infer<typeof listedStudySchema>;
