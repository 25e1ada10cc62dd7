import { z } from 'zod';
import { keepMaskSchema, type KeepMask } from '../deidentify/keep-mask.ts';

/**
 * Where a mask comes from. `checked`: somebody looked at what stays and ticked it. `remembered`: of the last clip of the
 * same scanner, probe and size. `found`: from the regions of the file and the fan in its pictures. `regions`: no fan was
 * found, and the file's regions are no more than a place to begin with.
 */
export type MaskOrigin = 'checked' | 'remembered' | 'found' | 'regions';

/** What of a clip's pictures stays when it leaves without its patient. */
export interface KeepMaskState {
  readonly rows: number;
  readonly columns: number;
  /** null: nothing was found to begin with, somebody has to draw it. */
  readonly mask: KeepMask | null;
  readonly from: MaskOrigin | null;
  /** Who ticked the mask and when (ISO 8601, UTC); null while nobody has. Only clips with a tick leave. */
  readonly checked: { readonly by: string; readonly at: string } | null;
}

export const maskRequestSchema = z.strictObject({ mask: keepMaskSchema });
export type MaskRequest = z.infer<typeof maskRequestSchema>;

export const maskPreviewSchema = z.strictObject({ mask: keepMaskSchema, part: z.enum(['stays', 'goes']) });
