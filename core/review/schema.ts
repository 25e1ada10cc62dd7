import { z } from 'zod';
import { boxSchema, pointSchema } from '../geometry/schema.ts';
import { modelPasses } from '../model/manifest.ts';
import { traceSchema } from '../trace/schema.ts';
import { viewCodes, viewSources } from '../clip/view.ts';

const sopInstanceUid = z.string().min(1).max(64);

export const viewSchema = z.object({ code: z.enum(viewCodes), source: z.enum(viewSources) });

export const beatSchema = z
  .object({
    edFrame: z.number().int().min(0),
    esFrame: z.number().int().min(0),
    nextEdFrame: z.number().int().min(0).nullable(),
    source: z.enum(['model', 'user']),
  })
  .refine((beat) => beat.edFrame !== beat.esFrame, 'ED and ES must be different frames');

export const rulerSchema = z.object({
  from: pointSchema,
  to: pointSchema,
  distanceMm: z.number().positive().max(400),
});

export const stageSchema = z.object({
  name: z.string().max(64).nullable(),
  number: z.number().int().nullable(),
});

export const pairSchema = z.object({ a4c: sopInstanceUid, a2c: sopInstanceUid });

export const sectorSchema = z.object({
  box: boxSchema,
  source: z.enum(['region', 'pixels', 'frame']),
  doubt: z.enum(['not-found', 'cut-off', 'loose', 'odd-shape']).exactOptional(),
});

export const runRecordSchema = z.object({
  model: z.string(),
  version: z.string(),
  sha256: z.string(),
  contourHash: z.string().exactOptional(),
  provider: z.string(),
  framesDone: z.number().int().min(0),
  complete: z.boolean(),
  msPerFrame: z.number().min(0),
  sector: sectorSchema,
  passes: z.enum(modelPasses).exactOptional(),
  unsegmented: z
    .object({
      noPicture: z.array(z.number().int().min(0)),
      notFinite: z.array(z.number().int().min(0)),
      undecodable: z.array(z.number().int().min(0)).exactOptional(),
    })
    .exactOptional(),
  picture: boxSchema.exactOptional(),
  frozen: z.literal(true).exactOptional(),
});

const bodySource = z.enum(['file', 'user']);
const sourced = <T extends z.ZodType>(value: T) => z.object({ value, source: bodySource });

export const bodySchema = z.object({
  sex: sourced(z.enum(['male', 'female', 'other', 'unknown'])),
  heightCm: sourced(z.number().min(20).max(260)).nullable(),
  weightKg: sourced(z.number().min(0.3).max(400)).nullable(),
  heartRateBpm: sourced(z.number().min(15).max(350)).nullable(),
});

export const decisionSchema = z.union([
  z.object({ state: z.literal('pending') }),
  z.object({ state: z.enum(['accepted', 'rejected']), at: z.string(), by: z.string().max(200) }),
]);

export const changeSchema = z.discriminatedUnion('slot', [
  z.object({
    slot: z.literal('trace'),
    sopInstanceUid,
    frame: z.number().int().min(0),
    before: traceSchema.nullable(),
    after: traceSchema.nullable(),
  }),
  z.object({
    slot: z.literal('beats'),
    sopInstanceUid,
    before: z.array(beatSchema).max(500).nullable(),
    after: z.array(beatSchema).max(500).nullable(),
  }),
  z.object({ slot: z.literal('view'), sopInstanceUid, before: viewSchema, after: viewSchema }),
  z.object({
    slot: z.literal('ruler'),
    sopInstanceUid,
    before: rulerSchema.nullable(),
    after: rulerSchema.nullable(),
  }),
  z.object({
    slot: z.literal('picture'),
    sopInstanceUid,
    before: boxSchema.nullable(),
    after: boxSchema.nullable(),
  }),
  z.object({ slot: z.literal('stage'), before: stageSchema.nullable(), after: stageSchema.nullable() }),
  z.object({ slot: z.literal('pair'), before: pairSchema.nullable(), after: pairSchema.nullable() }),
  z.object({
    slot: z.literal('run'),
    sopInstanceUid,
    before: runRecordSchema.nullable(),
    after: runRecordSchema.nullable(),
  }),
  z.object({ slot: z.literal('body'), before: bodySchema, after: bodySchema }),
  z.object({ slot: z.literal('decision'), before: decisionSchema, after: decisionSchema }),
]);

export const revisionSchema = z.object({
  id: z.number().int(),
  studyInstanceUid: z.string(),
  at: z.string(),
  author: z.string(),
  kind: z.enum(['edit', 'run', 'undo', 'redo']),
  label: z.string().max(200),
  changes: z.array(changeSchema).max(20_000),
  target: z.number().int().nullable(),
});
