import { z } from 'zod';
import type { DocumentFacts } from '../../core/document/document-facts.ts';
import {
  numberChoices,
  numberModes,
  numberStates,
  type ReportedNumber,
} from '../../core/document/reported-number.ts';
import { viewCodes } from '../../core/clip/view.ts';
import type {
  MeasurementMethod,
  MeasurementName,
  MeasurementUnit,
} from '../../core/measurement/measurement.ts';
import type { ClipFacts, StudyFacts } from '../../core/clip/clip.ts';
import { timingAttributes, type FileOddity } from '../../core/clip/oddity.ts';
import { timingSources } from '../../core/clip/timing.ts';
import { boxSchema } from '../../core/geometry/schema.ts';
import { viewSchema } from '../../core/review/schema.ts';

const changedNumberSchema = z.strictObject({
  what: z.string(),
  unit: z.string(),
  before: z.number().nullable(),
  after: z.number().nullable(),
});

const odditySchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('uid-derived'),
    what: z.enum(['sop-instance', 'series', 'study', 'sop-class']),
    from: z.enum(['file-header', 'patient-and-time', 'series', 'study', 'content', 'modality']),
  }),
  z.strictObject({ kind: z.literal('damaged-parts'), count: z.number() }),
  z.strictObject({ kind: z.literal('syntax-differs'), stated: z.string().nullable(), found: z.string() }),
  z.strictObject({
    kind: z.literal('frames-differ'),
    stated: z.number().nullable(),
    found: z.number(),
    cutShort: z.boolean(),
  }),
  z.strictObject({
    kind: z.literal('frame-rate-differs'),
    framesPerSecond: z.number(),
    attribute: z.enum(timingAttributes),
    otherFramesPerSecond: z.number(),
  }),
  z.strictObject({ kind: z.literal('frame-times-cumulative') }),
  z.strictObject({ kind: z.literal('frame-times-unusable'), attribute: z.enum(timingAttributes) }),
  z.strictObject({
    kind: z.literal('spacing-differs'),
    pixelSpacingMm: z.tuple([z.number(), z.number()]),
    regionMm: z.tuple([z.number(), z.number()]),
  }),
]) satisfies z.ZodType<FileOddity>;

/**
 * What the `facts` columns must hold, once what an older reader left out is filled in (reader-versions.ts). A row that
 * does not, or that holds more, is damage and is named as such.
 */
export const clipFactsSchema = z.strictObject({
  sopInstanceUid: z.string().min(1),
  sopClassUid: z.string(),
  transferSyntaxUid: z.string(),
  seriesInstanceUid: z.string(),
  studyInstanceUid: z.string().min(1),
  instanceNumber: z.number().nullable(),
  fileName: z.string(),
  rows: z.number().int().positive(),
  columns: z.number().int().positive(),
  frames: z.number().int().positive(),
  timing: z.strictObject({
    source: z.enum(timingSources),
    guessed: z.boolean(),
    frameTimesMs: z.array(z.number()),
    durationMs: z.number(),
    playback: z.enum(['loop', 'sweep']),
  }),
  regions: z.array(
    z.strictObject({
      spatialFormat: z.number(),
      dataType: z.number(),
      box: boxSchema,
      unitsX: z.number().nullable(),
      unitsY: z.number().nullable(),
      deltaX: z.number().nullable(),
      deltaY: z.number().nullable(),
    }),
  ),
  pixelSpacingMm: z.tuple([z.number(), z.number()]).nullable(),
  pixelAspectRatio: z.tuple([z.number(), z.number()]).nullable(),
  view: viewSchema,
  stage: z.strictObject({ name: z.string().nullable(), number: z.number().int().nullable() }).nullable(),
  viewName: z.string().nullable(),
  viewNumber: z.number().int().nullable(),
  heartRateBpm: z.number().nullable(),
  rWaveTimesMs: z.array(z.number()),
  ecg: z
    .strictObject({
      source: z.enum(['waveform', 'curve']),
      lead: z.string().nullable(),
      unit: z.literal('mV').nullable(),
      samples: z.number().int(),
      samplesPerSecond: z.number(),
      startMs: z.number(),
      alignment: z.enum(['stated', 'assumed', 'unknown']),
    })
    .exactOptional(),
  colourOverlay: z.boolean(),
  bMode: z.boolean(),
  lossy: z.boolean(),
  acquiredAt: z.string().nullable(),
  manufacturer: z.string().nullable(),
  manufacturerModel: z.string().nullable(),
  oddities: z.array(odditySchema),
  notReadAgain: z.string().exactOptional(),
}) satisfies z.ZodType<ClipFacts>;

const personNameSchema = z.strictObject({
  alphabetic: z.string(),
  ideographic: z.string(),
  phonetic: z.string(),
});

export const studyFactsSchema = z.strictObject({
  studyInstanceUid: z.string().min(1),
  patient: z.strictObject({
    patientId: z.string(),
    issuerOfPatientId: z.string().nullable(),
    name: personNameSchema,
    birthDate: z.string().nullable(),
    sex: z.enum(['male', 'female', 'other', 'unknown']),
    statedAge: z.string().exactOptional(),
  }),
  studyDate: z.string().nullable(),
  description: z.string().nullable(),
  accessionNumber: z.string().nullable(),
  heightCm: z.number().nullable(),
  weightKg: z.number().nullable(),
  heartRateBpm: z.number().nullable(),
  request: z
    .strictObject({ referrer: personNameSchema.exactOptional(), indication: z.string().exactOptional() })
    .exactOptional(),
  readAgain: z.strictObject({ at: z.string(), changes: z.array(changedNumberSchema) }).exactOptional(),
}) satisfies z.ZodType<StudyFacts>;

/** Names, methods and units under which this version or an earlier one stored it; what is read of a file is in today's. */
const reportedNumberSchema = z.strictObject({
  name: z.custom<MeasurementName>((value) => typeof value === 'string'),
  method: z.custom<MeasurementMethod>((value) => typeof value === 'string').nullable(),
  methodMeaning: z.string().nullable(),
  view: z.enum([...viewCodes, 'biplane']).nullable(),
  mode: z.enum(numberModes).nullable(),
  state: z.enum(numberStates).nullable(),
  value: z.number(),
  unit: z.custom<MeasurementUnit>((value) => typeof value === 'string'),
  choice: z.enum(numberChoices),
  of: z.number().int().min(1),
}) satisfies z.ZodType<ReportedNumber>;

export const documentFactsSchema = z.strictObject({
  sopInstanceUid: z.string().min(1),
  sopClassUid: z.string(),
  seriesInstanceUid: z.string(),
  studyInstanceUid: z.string().min(1),
  fileName: z.string(),
  title: z.string().nullable(),
  writtenAt: z.string().nullable(),
  manufacturer: z.string().nullable(),
  manufacturerModel: z.string().nullable(),
  bySystola: z.boolean(),
  numbers: z.array(reportedNumberSchema),
  contours: z
    .strictObject({
      kind: z.enum(['exact', 'fitted']),
      clips: z.array(
        z.strictObject({
          sopInstanceUid: z.string(),
          contours: z.number().int(),
          distances: z.number().int().exactOptional(),
        }),
      ),
      revision: z.strictObject({ id: z.number().int(), at: z.string() }).nullable(),
      leftOut: z.number().int(),
    })
    .nullable(),
}) satisfies z.ZodType<DocumentFacts>;
