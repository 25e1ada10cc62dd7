import { z } from 'zod';
import { attributeChoicesSchema } from '../deidentify/attribute-choices.ts';
import { exportIdentities } from '../export/identity.ts';
import { studyKeySchema } from './exports.ts';

/*
 * POST   /api/nodes/echo    DicomNode -> EchoResult: whether it answers
 * POST   /api/sends         SendRequest -> SendState
 * GET    /api/sends/:send   SendState, with what became of every object
 * DELETE /api/sends/:send   stop before the next object -> SendState
 * GET    /api/receiver      ReceiverState
 */

export interface EchoResult {
  readonly ms: number;
}

/** Studies that one sending takes. */
export const mostStudiesSent = 1000;

export const sendRequestSchema = z.strictObject({
  /** Name of a configured node. */
  node: z.string().min(1).max(64),
  studies: z.array(studyKeySchema).min(1).max(mostStudiesSent),
  /** Clips, and reports that came with them, as they were imported. */
  originals: z.boolean().default(true),
  /** Ids of export formats that are DICOM objects, or "dicom" for those that are by default. */
  formats: z.array(z.string().min(1).max(32)).max(50).default([]),
  /** Also what this node has stored before, by the audit log. */
  again: z.boolean().default(false),
  /** A preset: what is sent names nobody. The others are one here: objects name the patient. */
  identity: z.enum(exportIdentities).default('unnamed'),
  /** As of an ExportRequest. */
  choices: attributeChoicesSchema.default({}),
});
export type SendRequest = z.infer<typeof sendRequestSchema>;

/** What became of an object; `unknown`: it was sent and no answer came, so that only the node knows. */
const sentObjectSchema = z.object({
  name: z.string(),
  sopInstanceUid: z.string(),
  state: z.enum(['stored', 'warning', 'already-there', 'refused', 'failed', 'unknown', 'not-sent']),
  /** The node's answer (PS3.7 annex C); null where there is none. */
  status: z.number().int().nullable(),
  /** Why it is not simply stored. */
  message: z.string().nullable(),
});
export type SentObject = z.infer<typeof sentObjectSchema>;

/** How many objects are told of one by one; those that are simply stored come last, and all are counted. */
export const mostObjectsListed = 1000;

export const sendStateSchema = z.object({
  sendId: z.string(),
  /** "ARCHIVE at pacs.local:11112" */
  node: z.string(),
  state: z.enum(['preparing', 'sending', 'finished', 'cancelled', 'failed']),
  objectsDone: z.number().int(),
  objectsTotal: z.number().int(),
  /** Objects that are made and read, while it is getting ready. */
  prepared: z.number().int(),
  bytesSent: z.number(),
  bytesTotal: z.number(),
  /** What is on its way. */
  current: z.string().nullable(),
  /** How many objects came to which end. */
  counts: z.record(sentObjectSchema.shape.state, z.number().int()),
  /** Empty in the events of one that goes on. */
  objects: z.array(sentObjectSchema),
  /** Clips and documents that were deleted a moment ago, and were not sent. */
  deletedLeftOut: z.number().int(),
  message: z.string().nullable(),
});
export type SendState = z.infer<typeof sendStateSchema>;

export const receiverStateSchema = z.object({
  state: z.enum(['off', 'listening', 'failed']),
  /** "SYSTOLA at 127.0.0.1:11112"; null when it is off. */
  place: z.string().nullable(),
  /** Why it cannot listen. */
  message: z.string().nullable(),
  /** Objects that came since it began to listen, and those that were refused. */
  stored: z.number().int(),
  refused: z.number().int(),
  /** Who was turned away or broke off last, and why. */
  lastTrouble: z.object({ at: z.string(), from: z.string(), words: z.string() }).nullable(),
});
export type ReceiverState = z.infer<typeof receiverStateSchema>;
