import { z } from 'zod';
import { mappingRequestSchema } from '../../../../core/api/mapping.ts';
import { backupKinds } from '../../../../core/api/care.ts';
import { SystolaError } from '../../../../core/error.ts';
import { isExportFileName } from '../../../../core/export/export-file-name.ts';
import { listingSchema } from '../../../../core/api/listing.ts';
import { isTrusted } from '../security/policy.ts';
import type { Sender } from '../security/policy.ts';

/** Study as the library knows it (see core/clip/study-key.ts). */
const studyKey = z
  .string()
  .max(72)
  .regex(/^[0-9.]+(~[0-9]+)?$/);

/** Payloads of the requests that the window may make. */
export const payloads = {
  none: z.tuple([]),
  /** Study, id of a format, suggested name of the file. */
  saveExport: z.tuple([
    studyKey,
    z.string().regex(/^[a-z0-9-]{1,32}$/),
    z.string().refine(isExportFileName, 'not a name that exported files have'),
  ]),
  /** Whose pseudonyms are told. */
  saveMapping: z.tuple([mappingRequestSchema]),
  /** Id of an export that the application has given. */
  showExport: z.tuple([z.uuid()]),
  showStudy: z.tuple([studyKey]),
  startBackup: z.tuple([z.enum(backupKinds)]),
  windowFullScreen: z.union([z.tuple([]), z.tuple([z.boolean()])]),
  editText: z.tuple([z.enum(['undo', 'redo'])]),
  /** Study, and the list that it was chosen from. */
  openStudy: z.tuple([studyKey, listingSchema]),
  studyShown: z.tuple([studyKey.nullable()]),
} as const;

/**
 * Wraps a request's handler so that it runs only for our own page and only with the payload it expects.
 * @throws SystolaError `unauthorised` or `bad-request`; never calls `handle` then
 */
export function checked<Payload extends readonly unknown[], Answer>(
  schema: z.ZodType<Payload>,
  handle: (...payload: Payload) => Answer,
): (sender: Sender, payload: readonly unknown[]) => Answer {
  return (sender, payload) => {
    if (!isTrusted(sender))
      throw new SystolaError('unauthorised', 'The request did not come from the workstation.');
    const parsed = schema.safeParse(payload);
    if (!parsed.success)
      throw new SystolaError('bad-request', `Bad request: ${z.prettifyError(parsed.error)}`);
    return handle(...parsed.data);
  };
}
