import { z } from 'zod';
import { revisionSchema } from '../review/schema.ts';
import { libraryStateSchema } from './library-state.ts';
import { traceSchema } from '../trace/schema.ts';

export const rejectedFileSchema = z.object({ file: z.string(), code: z.string(), reason: z.string() });

export const runStateSchema = z.object({
  sopInstanceUid: z.string(),
  state: z.enum(['queued', 'loading-model', 'running', 'finished', 'cancelled', 'failed']),
  framesDone: z.number().int(),
  framesTotal: z.number().int(),
  model: z.string().nullable(),
  provider: z.string().nullable(),
  msPerFrame: z.number().nullable(),
  message: z.string().nullable(),
});
export type RunState = z.infer<typeof runStateSchema>;

/** Whether a run has not ended yet; one that never began has none. */
export const isGoing = (run: Pick<RunState, 'state'> | undefined): boolean =>
  run !== undefined && (run.state === 'queued' || run.state === 'loading-model' || run.state === 'running');

export const importStateSchema = z.object({
  importId: z.string(),
  state: z.enum(['running', 'finished', 'cancelled', 'failed']),
  filesDone: z.number().int(),
  /** null while folders and archives are still being listed. */
  filesTotal: z.number().int().nullable(),
  currentFile: z.string().nullable(),
  accepted: z.number().int(),
  /** Files that were in the library already, byte for byte. */
  known: z.number().int(),
  rejected: z.array(rejectedFileSchema),
  /** Studies that the accepted files belong to. */
  studies: z.array(z.string()),
  message: z.string().nullable(),
});
export type ImportState = z.infer<typeof importStateSchema>;

/** One line of the event stream. One multiplexed stream per window. */
export const eventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('hello'), version: z.string() }),
  z.object({ type: z.literal('heartbeat') }),
  z.object({ type: z.literal('import'), import: importStateSchema }),
  z.object({ type: z.literal('studies-changed') }),
  z.object({ type: z.literal('library'), library: libraryStateSchema }),
  /** A model was added or removed, or another one is in use. */
  z.object({ type: z.literal('models-changed') }),
  z.object({ type: z.literal('run'), run: runStateSchema }),
  /** A contour as it comes out of the model; persisted with the run's revision at its end. */
  z.object({
    type: z.literal('trace'),
    sopInstanceUid: z.string(),
    frame: z.number().int(),
    trace: traceSchema.nullable(),
  }),
  z.object({
    type: z.literal('revision'),
    studyInstanceUid: z.string(),
    head: z.number().int(),
    revision: revisionSchema,
  }),
]);
export type SystolaEvent = z.infer<typeof eventSchema>;
