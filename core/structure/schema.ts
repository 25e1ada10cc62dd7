import { z } from 'zod';
import { viewCodes } from '../clip/view.ts';
import type { Trace } from '../trace/trace.ts';
import { structureOf, type Structure, type StructureId } from './structure.ts';

/** Of one that this version does not know only the form is checked: what a newer one stored is kept. */
export const structureIdSchema = z
  .string()
  .max(64)
  .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'a structure is named in lower case with hyphens');

/** A structure as a file or the application tells it to a window. */
export const structureSchema: z.ZodType<Structure> = z.strictObject({
  id: structureIdSchema,
  words: z.string().min(1).max(64),
  landmarks: z.enum(['hinges-and-apex', 'none']),
  views: z.array(z.enum(viewCodes)).min(1),
  colour: z.string().regex(/^(#[0-9a-fA-F]{6}|var\(--[a-z-]+\))$/, 'a colour is #rrggbb'),
  code: z.strictObject({
    scheme: z.enum(['SCT', 'LN', 'DCM', 'UCUM']),
    value: z.string().min(1).max(16),
    meaning: z.string().min(1).max(64),
  }),
});

/** Whether a contour has the landmarks that its structure has; of an unknown structure either may be. */
export function fitsStructure(structure: StructureId, trace: Trace | null): boolean {
  const known = structureOf(structure);
  return trace === null || known === null || (known.landmarks === 'none') === (trace.apexIndex === null);
}
