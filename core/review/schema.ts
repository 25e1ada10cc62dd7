import { z } from 'zod';
import { boxSchema, largestCoordinate, pointSchema } from '../geometry/schema.ts';
import { modelPasses } from '../model/manifest.ts';
import { markIdSchema, markSchema } from '../mark/schema.ts';
import { fitsStructure, structureIdSchema } from '../structure/schema.ts';
import { leftVentricularCavity } from '../structure/structure.ts';
import { mostAnchors, mostNameCharacters, traceSchema } from '../trace/schema.ts';
import { propagationWays } from '../model/propagation-way.ts';
import { reportFields } from './report-field.ts';
import { saidViewSources, viewCodes, viewSources } from '../clip/view.ts';

/*
 * What revisions hold, in today's format (upcast.ts brings older ones to it). Objects are strict: a key that is not
 * known here is an error and never dropped, because the rest may mean something else with it. What a request may say
 * is less (edit.ts).
 */

export const sopInstanceUidSchema = z.string().min(1).max(64);
const sopInstanceUid = sopInstanceUidSchema;
const studyInstanceUid = z.string().min(1).max(64);
const name = z.string().max(mostNameCharacters);
const frame = z.number().int().min(0);

/** A frame as the key of a record. */
export const frameKeySchema = z.string().regex(/^(0|[1-9]\d{0,8})$/);

/** What is said of a clip; what was recognised is recorded apart. */
export const viewSchema = z.strictObject({ code: z.enum(viewCodes), source: z.enum(saidViewSources) });

const certainty = z.number().min(0).max(1);

/** The view that a clip was taken for when it was signed. */
const signedViewSchema = z.strictObject({
  code: z.enum(viewCodes),
  source: z.enum(viewSources),
  certainty: certainty.exactOptional(),
});

export const recognitionSchema = z.strictObject({
  code: z.enum(viewCodes),
  certainty,
  recogniser: name,
  version: name,
  sha256: name,
  picture: boxSchema.exactOptional(),
});

const beatSchema = z
  .strictObject({
    edFrame: frame,
    esFrame: frame,
    nextEdFrame: frame.nullable(),
    source: z.enum(['model', 'user']),
  })
  .refine((beat) => beat.edFrame !== beat.esFrame, 'ED and ES must be different frames');

/** Half of the frames of the longest clip that is read: a beat has two marks. */
const mostBeats = 10_000;

/** Of one clip. */
export const beatsSchema = z.array(beatSchema).max(mostBeats);

/** ED frames, ascending, each once. */
export const excludedBeatsSchema = z
  .array(frame)
  .max(mostBeats)
  .refine(
    (marks) => marks.every((mark, index) => index === 0 || mark > marks[index - 1]!),
    'excluded beats stand in ascending order, each once',
  );

export const rulerSchema = z.strictObject({
  from: pointSchema,
  to: pointSchema,
  distanceMm: z.number().positive().max(400),
});

export const stageSchema = z.strictObject({ name: name.nullable(), number: z.number().int().nullable() });

export const pairSchema = z.strictObject({ a4c: sopInstanceUid, a2c: sopInstanceUid });

const sectorSchema = z.strictObject({
  box: boxSchema,
  source: z.enum(['region', 'pixels', 'frame']),
  doubt: z.enum(['not-found', 'cut-off', 'loose', 'odd-shape']).exactOptional(),
  fan: z
    .strictObject({
      apexX: z.number().min(-largestCoordinate).max(largestCoordinate),
      apexY: z.number().min(-largestCoordinate).max(largestCoordinate),
      leftAngle: z
        .number()
        .min(0)
        .max(Math.PI / 2),
      rightAngle: z
        .number()
        .min(0)
        .max(Math.PI / 2),
    })
    .exactOptional(),
});

export const rangeSchema = z
  .strictObject({ from: frame, to: frame })
  .refine(({ from, to }) => from <= to, 'a range goes from its first frame to its last');

export const runRecordSchema = z.strictObject({
  model: name,
  version: name,
  sha256: name,
  contourHash: name.exactOptional(),
  fileSha256: name.exactOptional(),
  provider: name,
  framesDone: frame,
  complete: z.boolean(),
  msPerFrame: z.number().min(0),
  sector: sectorSchema,
  passes: z.enum(modelPasses).exactOptional(),
  unsegmented: z
    .strictObject({
      noPicture: z.array(frame),
      notFinite: z.array(frame),
      undecodable: z.array(frame).exactOptional(),
    })
    .exactOptional(),
  picture: boxSchema.exactOptional(),
  frozen: z.literal(true).exactOptional(),
  range: rangeSchema.exactOptional(),
  covered: z.record(structureIdSchema, z.record(frameKeySchema, traceSchema.nullable())).exactOptional(),
});

const ownPropagationSchema = z.strictObject({
  structure: structureIdSchema,
  way: z.enum(propagationWays),
  anchors: z.array(frame).min(1).max(mostAnchors),
  range: rangeSchema,
  model: name,
  sha256: name,
  afterRun: z.literal(true).exactOptional(),
});

export const propagationRecordSchema = ownPropagationSchema.extend({
  others: z.array(ownPropagationSchema).min(1).max(100).exactOptional(),
});

const bodySource = z.enum(['file', 'user']);
const sourced = <T extends z.ZodType>(value: T) => z.strictObject({ value, source: bodySource });

/** As wide as what is read of a file. */
export const bodySchema = z.strictObject({
  sex: sourced(z.enum(['male', 'female', 'other', 'unknown'])),
  heightCm: sourced(z.number().min(20).max(280)).nullable(),
  weightKg: sourced(z.number().min(0.3).max(500)).nullable(),
  heartRateBpm: sourced(z.number().min(10).max(400)).nullable(),
});

/** A number with what it is, under the names of the version that wrote it. */
export const signedNumberSchema = z.strictObject({
  name,
  method: name,
  view: z.enum([...viewCodes, 'biplane']).nullable(),
  value: z.number(),
  unit: name,
  beat: frame.nullable(),
});

/** Of the longest text of a report. */
export const mostTextCharacters = 4000;

/** Lines of a report as a person writes them: no control characters but the ends of lines. */
const reportTextSchema = z.strictObject({
  text: z
    .string()
    .max(mostTextCharacters)
    .regex(
      /^[^\p{Cc}\u2028\u2029]*(?:\n[^\p{Cc}\u2028\u2029]*)*$/u,
      'a text has lines and no control characters',
    ),
  numbers: z.array(signedNumberSchema).max(200).exactOptional(),
});

const signedClipSchema = z.strictObject({
  sopInstanceUid,
  view: signedViewSchema,
  beats: z
    .array(
      z.strictObject({
        edFrame: frame,
        esFrame: frame,
        nextEdFrame: frame.nullable(),
        included: z.boolean(),
      }),
    )
    .max(mostBeats),
  measurements: z.array(signedNumberSchema).max(20_000),
});

const signedResultSchema = z.strictObject({
  version: z.number().int().min(1),
  replaces: z.number().int().nullable(),
  head: z.number().int(),
  software: name,
  organisation: z.string().max(64).exactOptional(),
  options: z.record(name, z.union([name, z.number()])),
  models: z.array(z.strictObject({ name, version: name, sha256: name })).max(1000),
  used: z.array(sopInstanceUid).max(1000),
  measurements: z.array(signedNumberSchema).max(1000),
  clips: z.array(signedClipSchema).max(10_000),
  report: z
    .strictObject({
      language: name,
      texts: z.partialRecord(z.enum(reportFields), z.string().max(mostTextCharacters)),
      prior: studyInstanceUid.nullable().exactOptional(),
    })
    .exactOptional(),
});

/** Why a signed study is signed again, as a person writes it. */
export const reasonSchema = z.string().trim().min(1).max(300);

const decisionSchema = z.union([
  z.strictObject({ state: z.literal('pending') }),
  z.strictObject({
    state: z.enum(['accepted', 'rejected']),
    at: name,
    by: z.string().max(200),
    reason: reasonSchema.exactOptional(),
    signed: signedResultSchema.exactOptional(),
  }),
]);

/** Changes that a request says as they are stored; the others it may say less of. */
export const freelyEditedChanges = [
  z.strictObject({
    slot: z.literal('beats'),
    sopInstanceUid,
    before: beatsSchema.nullable(),
    after: beatsSchema.nullable(),
  }),
  z.strictObject({
    slot: z.literal('excludedBeats'),
    sopInstanceUid,
    before: excludedBeatsSchema.nullable(),
    after: excludedBeatsSchema.nullable(),
  }),
  z.strictObject({
    slot: z.literal('ruler'),
    sopInstanceUid,
    before: rulerSchema.nullable(),
    after: rulerSchema.nullable(),
  }),
  z.strictObject({
    slot: z.literal('picture'),
    sopInstanceUid,
    before: boxSchema.nullable(),
    after: boxSchema.nullable(),
  }),
  z.strictObject({
    slot: z.literal('mark'),
    sopInstanceUid,
    id: markIdSchema,
    before: markSchema.nullable(),
    after: markSchema.nullable(),
  }),
  z.strictObject({ slot: z.literal('stage'), before: stageSchema.nullable(), after: stageSchema.nullable() }),
  z.strictObject({ slot: z.literal('pair'), before: pairSchema.nullable(), after: pairSchema.nullable() }),
  z.strictObject({
    slot: z.literal('prior'),
    before: studyInstanceUid.nullable(),
    after: studyInstanceUid.nullable(),
  }),
  z.strictObject({
    slot: z.literal('text'),
    field: z.enum(reportFields),
    before: reportTextSchema.nullable(),
    after: reportTextSchema.nullable(),
  }),
] as const;

/** Documents of one study. */
const readingsSchema = z.array(sopInstanceUid).max(10_000);

const placedTrace = (after: typeof traceSchema) =>
  z.strictObject({
    slot: z.literal('trace'),
    sopInstanceUid,
    structure: structureIdSchema,
    frame,
    before: traceSchema.nullable(),
    after: after.nullable(),
  });
const otherLandmarks = 'the contour has other landmarks than its structure';

/** A contour put to its place, with the landmarks that its structure has. */
export const traceChangeSchema = (after: typeof traceSchema) =>
  placedTrace(after).refine(({ structure, after: trace }) => fitsStructure(structure, trace), otherLandmarks);

/**
 * As it is stored only the cavity's is held to its landmarks: a library may have contoured a structure of its own in
 * another way before Systola knew one of that name. What it drew is kept and shown, and not measured.
 */
const storedTraceSchema = placedTrace(traceSchema).refine(
  ({ structure, after }) => structure !== leftVentricularCavity || fitsStructure(structure, after),
  otherLandmarks,
);

export const changeSchema = z.discriminatedUnion('slot', [
  ...freelyEditedChanges,
  storedTraceSchema,
  z.strictObject({ slot: z.literal('view'), sopInstanceUid, before: viewSchema, after: viewSchema }),
  z.strictObject({
    slot: z.literal('recognition'),
    sopInstanceUid,
    before: recognitionSchema.nullable(),
    after: recognitionSchema.nullable(),
  }),
  z.strictObject({
    slot: z.literal('run'),
    sopInstanceUid,
    before: runRecordSchema.nullable(),
    after: runRecordSchema.nullable(),
  }),
  z.strictObject({
    slot: z.literal('propagation'),
    sopInstanceUid,
    before: propagationRecordSchema.nullable(),
    after: propagationRecordSchema.nullable(),
  }),
  z.strictObject({ slot: z.literal('readings'), before: readingsSchema, after: readingsSchema }),
  z.strictObject({ slot: z.literal('body'), before: bodySchema, after: bodySchema }),
  z.strictObject({ slot: z.literal('decision'), before: decisionSchema, after: decisionSchema }),
]);

/** Three structures on every frame of the longest clip that is read (20,000), and what is recorded with them. */
const mostChanges = 60_100;

export const changesSchema = z.array(changeSchema).max(mostChanges);

export const revisionSchema = z.strictObject({
  id: z.number().int(),
  studyInstanceUid: z.string(),
  at: z.string(),
  author: z.string(),
  kind: z.enum(['edit', 'run', 'undo', 'redo']),
  label: z.string().max(200),
  changes: changesSchema,
  target: z.number().int().nullable(),
});
