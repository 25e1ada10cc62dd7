import { z } from 'zod';
import { attributeChoicesSchema } from '../deidentify/attribute-choices.ts';
import { presetNames } from '../deidentify/preset.ts';
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
