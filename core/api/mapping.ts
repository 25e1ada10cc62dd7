import { z } from 'zod';
import { attributeChoicesSchema } from '../deidentify/attribute-choices.ts';
import { presetNames } from '../deidentify/preset.ts';
import { isDeidentified, type ExportIdentity } from '../export/identity.ts';
import { studyKeySchema } from './exports.ts';

/** POST /api/mappings  MappingRequest -> who is who in what left by a preset, as CSV */
export const mappingRequestSchema = z.strictObject({
  studies: z.array(studyKeySchema).min(1).max(1000),
  preset: z.enum(presetNames),
  choices: attributeChoicesSchema,
});
export type MappingRequest = z.infer<typeof mappingRequestSchema>;

/** What the table is called where nobody calls it anything else. */
export const mappingFileName = 'mapping.csv';

/** What can be asked of something that left; null where it left with its patient. */
export const mappingOf = (left: {
  readonly studies: readonly string[];
  readonly identity: ExportIdentity;
  readonly choices: MappingRequest['choices'];
}): MappingRequest | null =>
  isDeidentified(left.identity)
    ? { studies: [...left.studies], preset: left.identity, choices: left.choices }
    : null;
