import { z } from 'zod';
import { backupStateSchema, removalStateSchema } from './care.ts';
import { revisionSchema } from '../review/schema.ts';
import { backgroundStateSchema } from './background.ts';
import { listedStudySchema } from './study-summary.ts';
import { receiverStateSchema, sendStateSchema } from './network.ts';
import { libraryStateSchema } from './library-state.ts';
import { exportStateSchema } from './exports.ts';
import { rejectedFileSchema } from './rejected-file.ts';
import { settingsSchema } from '../settings/settings.ts';
import { structureIdSchema } from '../structure/schema.ts';
import { traceSchema } from '../trace/schema.ts';

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

/** How many refused files, and names of files that are no DICOM, are told of one by one; the rest are counted. */
export const mostRejectedListed = 1000;
export const mostPassedOverNamed = 10;

export const importStateSchema = z.object({
  importId: z.string(),
  state: z.enum(['running', 'finished', 'cancelled', 'failed']),
  filesDone: z.number().int(),
  /** null while folders and archives are still being listed. */
  filesTotal: z.number().int().nullable(),
  currentFile: z.string().nullable(),
  accepted: z.number().int(),
  /** How many of the accepted files are documents, not clips. */
  documents: z.number().int(),
  /** Files that were in the library already, byte for byte. */
  known: z.number().int(),
  /**
   * Refused files but for those that are no DICOM, at most {@link mostRejectedListed}, from number `rejectedFrom` on: an
   * event brings only those that the events before it did not.
   */
  rejected: z.array(rejectedFileSchema),
  rejectedFrom: z.number().int(),
  /** How many were refused, told one by one or not. */
  rejectedTotal: z.number().int(),
  /** Files that are no DICOM, and the names of the first ones. */
  passedOver: z.object({ count: z.number().int(), names: z.array(z.string()) }),
  /** Studies that the accepted files belong to; empty in the events of an import that is running. */
  studies: z.array(z.string()),
  message: z.string().nullable(),
});
export type ImportState = z.infer<typeof importStateSchema>;

/** One line of the event stream. One multiplexed stream per window. */
export const eventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('hello'), version: z.string() }),
  z.object({ type: z.literal('heartbeat') }),
  z.object({ type: z.literal('import'), import: importStateSchema }),
  z.object({ type: z.literal('export'), export: exportStateSchema }),
  z.object({ type: z.literal('studies-changed') }),
  /** One row of the list is another. */
  z.object({ type: z.literal('study'), study: listedStudySchema }),
  /** Settings are others, perhaps by another window. */
  z.object({ type: z.literal('settings'), settings: settingsSchema }),
  z.object({ type: z.literal('background'), background: backgroundStateSchema }),
  /** What was deleted and can still be taken back, all of it. */
  z.object({ type: z.literal('removals'), removals: z.array(removalStateSchema) }),
  z.object({ type: z.literal('backup'), backup: backupStateSchema }),
  z.object({ type: z.literal('library'), library: libraryStateSchema }),
  /** A model was added or removed, or another one is in use. */
  z.object({ type: z.literal('models-changed') }),
  z.object({ type: z.literal('send'), send: sendStateSchema }),
  z.object({ type: z.literal('receiver'), receiver: receiverStateSchema }),
  z.object({ type: z.literal('run'), run: runStateSchema }),
  /** A contour as it comes out of the model; persisted with the run's revision at its end. */
  z.object({
    type: z.literal('trace'),
    sopInstanceUid: z.string(),
    structure: structureIdSchema,
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
