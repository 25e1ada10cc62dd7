import { z } from 'zod';

/** Studies that are told of as those that the reader comes to next. */
export const mostExpected = 200;

/**
 * Measuring while nobody waits for it. `waiting`: for mains power, for the machine, or for what a reader asked for.
 * `stopped`: what is wrong is not wrong with one study.
 */
export const backgroundStateSchema = z.object({
  state: z.enum(['idle', 'measuring', 'waiting', 'paused', 'stopped']),
  reason: z.enum(['battery', 'busy', 'reader']).nullable(),
  /** Studies that are still to be measured, with the one under way. */
  studiesLeft: z.number().int(),
  /** Studies that were measured since there was last nothing to do. */
  studiesDone: z.number().int(),
  /** The study under way. */
  studyInstanceUid: z.string().nullable(),
  /** Why it has stopped. */
  message: z.string().nullable(),
});
export type BackgroundState = z.infer<typeof backgroundStateSchema>;

/** The studies that the reader comes to next, in the order of the list; the open one is none of them. */
export const expectedStudiesSchema = z.strictObject({
  studies: z.array(z.string().min(1).max(200)).max(mostExpected),
});
