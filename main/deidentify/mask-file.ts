import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { ClipFacts } from '../../core/clip/clip.ts';
import { type KeepMask, keepMaskSchema } from '../../core/deidentify/keep-mask.ts';
import { SystolaError } from '../../core/error.ts';
import { fileError } from '../files/file-error.ts';

const fileSchema = z.strictObject({
  schema: z.literal('systola-masks/1'),
  masks: z
    .array(
      z.strictObject({
        /** All clips of this size and scanner model, where none is named. */
        sopInstanceUid: z.string().max(64).optional(),
        model: z.string().max(256).optional(),
        rows: z.int().positive(),
        columns: z.int().positive(),
        mask: keepMaskSchema,
      }),
    )
    .max(10_000),
});

/** Finds the mask that somebody drew for a clip. */
export type MaskOf = (
  clip: Pick<ClipFacts, 'columns' | 'manufacturerModel' | 'rows' | 'sopInstanceUid'>,
) => KeepMask | null;

/**
 * Masks in a file, each for one clip, or for all clips of a size (and of a scanner's model). The first that fits counts,
 * those for one clip before the others.
 *
 * @throws SystolaError `bad-request` saying what is wrong with the file, `not-found`, `unreadable`
 */
export async function readMasks(path: string): Promise<MaskOf> {
  let content: unknown;
  try {
    content = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw new SystolaError('bad-request', `It is no JSON: ${error.message}.`, path, { cause: error });
    }
    throw fileError(error, path);
  }
  const parsed = fileSchema.safeParse(content);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue?.path.join('.') ?? '';
    throw new SystolaError('bad-request', `It is no file of masks: ${where}: ${issue?.message}.`, path);
  }
  const { masks } = parsed.data;
  return ({ sopInstanceUid, rows, columns, manufacturerModel }) => {
    const ofSize = masks.filter((mask) => mask.rows === rows && mask.columns === columns);
    const found =
      ofSize.find((mask) => mask.sopInstanceUid === sopInstanceUid) ??
      ofSize.find(
        (mask) =>
          mask.sopInstanceUid === undefined && (mask.model === undefined || mask.model === manufacturerModel),
      );
    return found?.mask ?? null;
  };
}
