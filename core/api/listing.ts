import { z } from 'zod';

/** Which studies of the library a list shows: what is searched for, and which filters are on. */
export const listingSchema = z.strictObject({
  search: z.string().max(1000),
  status: z.enum(['to-review', 'signed', 'problem']).nullable(),
  onlyToday: z.boolean(),
});
export type Listing = z.infer<typeof listingSchema>;
