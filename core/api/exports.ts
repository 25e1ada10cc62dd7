import { z } from 'zod';
import { attributeChoicesSchema } from '../deidentify/attribute-choices.ts';
import { exportIdentities } from '../export/identity.ts';
import { rejectedFileSchema } from './rejected-file.ts';

/** Refused files that are told of one by one; the rest are counted. */
export const mostRefusedListed = 100;

export const studyKeySchema = z
  .string()
  .max(72)
  .regex(/^[0-9.]+(~[0-9]+)?$/);

export const exportRequestSchema = z.strictObject({
  studies: z.array(studyKeySchema).min(1).max(10_000),
  /** Ids of SessionInfo.exportFormats, or "dicom" for those of them that are default objects. */
  formats: z
    .array(z.string().regex(/^[a-z0-9-]{1,32}$/))
    .min(1)
    .max(100),
  identity: z.enum(exportIdentities),
  /** What becomes of single attributes of clips, whatever the preset says; of a de-identified export only. */
  choices: attributeChoicesSchema.default({}),
  /** `folder`: that of the settings, on the desktop only. `download`: a file, or a ZIP of several, that is fetched. */
  destination: z.enum(['folder', 'download']),
});
export type ExportRequest = z.infer<typeof exportRequestSchema>;

export const exportAnswerSchema = z.strictObject({ replace: z.boolean() });

export const exportStateSchema = z.object({
  exportId: z.string(),
  /** `asking`: files are there already, and nothing is written before somebody says whether they may be replaced. */
  state: z.enum(['running', 'asking', 'finished', 'cancelled', 'failed']),
  /** Formats of studies that are done, of how many. */
  done: z.number().int(),
  total: z.number().int(),
  /** Files made, and the last of them. */
  files: z.number().int(),
  file: z.string().nullable(),
  /** What could not be written and why, the first {@link mostRefusedListed}; the file may be the key of a study. */
  refused: z.array(rejectedFileSchema.extend({ format: z.string().nullable() })),
  refusedTotal: z.number().int(),
  /** Clips and documents that were deleted a moment ago, and did not leave. */
  deletedLeftOut: z.number().int(),
  /** Files in the folder that would be replaced, and the names of the first ones. */
  taken: z.object({ count: z.number().int(), names: z.array(z.string()) }).nullable(),
  /** Of a finished export: the folder, or the name of the file that can be fetched. */
  place: z.string().nullable(),
  /** Why a failed one failed. */
  message: z.string().nullable(),
});
export type ExportState = z.infer<typeof exportStateSchema>;
