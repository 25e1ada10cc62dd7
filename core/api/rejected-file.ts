import { z } from 'zod';

/** A file that was refused, with the code of the reason and the reason in words. */
export const rejectedFileSchema = z.object({ file: z.string(), code: z.string(), reason: z.string() });
export type RejectedFile = z.infer<typeof rejectedFileSchema>;
