import { z } from 'zod';
import { pointSchema } from '../geometry/schema.ts';
import { distanceNames } from './distance-name.ts';

/** Of one note: more than stands legibly on a picture. */
export const mostNoteCharacters = 200;

/** Of what a reader calls a distance: it stands beside its length. */
export const mostDistanceCharacters = 40;

/** Marks of one clip. */
export const mostMarks = 200;

/** Told apart within a clip. */
export const markIdSchema = z.string().regex(/^[0-9a-f]{12}$/);

const frame = z.number().int().min(0);

/** A reader's words in one line: what breaks lines, and what no font shows, does not stand in them. */
const lineSchema = (mostCharacters: number) =>
  z
    .string()
    .min(1)
    .max(mostCharacters)
    .refine(
      (text) => text.trim() === text && !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text),
      'a note is one line of text',
    );

const caliperSchema = z
  .strictObject({
    kind: z.literal('caliper'),
    frame,
    from: pointSchema,
    to: pointSchema,
    name: z.enum(distanceNames).exactOptional(),
    words: lineSchema(mostDistanceCharacters).exactOptional(),
  })
  .refine(
    ({ name, words }) => name === undefined || words === undefined,
    'a distance has a name of the list or one of the reader’s own',
  );

/** Schema of a mark as it is stored and sent. */
export const markSchema = z.discriminatedUnion('kind', [
  caliperSchema,
  z.strictObject({ kind: z.literal('note'), frame, at: pointSchema, text: lineSchema(mostNoteCharacters) }),
]);
