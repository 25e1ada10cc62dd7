import { z } from 'zod';
import { messageSchema } from '../language/message-schema.ts';

/** Something about the library as a whole that the reader has to know; it stands in the window until it is over. */
export const libraryNoticeSchema = z.object({
  code: z.enum([
    'database-damaged',
    'disk-full',
    'audit-broken',
    'files-taken-in',
    'files-unreadable',
    'files-missing',
    'folders-unreadable',
  ]),
  severity: z.enum(['information', 'warning']),
  words: messageSchema,
});
export type LibraryNotice = z.infer<typeof libraryNoticeSchema>;

export const libraryStateSchema = z.object({
  /** False while nothing can be stored. */
  writable: z.boolean(),
  /** True while stored files that the database did not name are being read. */
  recovering: z.boolean(),
  notices: z.array(libraryNoticeSchema),
});
export type LibraryState = z.infer<typeof libraryStateSchema>;
