import { z } from 'zod';
import { pointSchema } from '../geometry/schema.ts';

/** Of one note: more than stands legibly on a picture. */
export const mostNoteCharacters = 200;

/** Marks of one clip. */
export const mostMarks = 200;

/** Told apart within a clip. */
export const markIdSchema = z.string().regex(/^[0-9a-f]{12}$/);

const frame = z.number().int().min(0);

/** A reader's words in one line: what breaks lines, and what no font shows, does not stand in them. */
const noteTextSchema = z
  .string()
  .min(1)
  .max(mostNoteCharacters)
  .refine(
    (text) => text.trim() === text && !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text),
    'a note is one line of text',
  );

/** Schema of a mark as it is stored and sent. */
export const markSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('caliper'), frame, from: pointSchema, to: pointSchema }),
  z.strictObject({ kind: z.literal('note'), frame, at: pointSchema, text: noteTextSchema }),
]);
