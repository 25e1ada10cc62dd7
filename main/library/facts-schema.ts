import { z } from 'zod';
import type { ClipFacts, StudyFacts } from '../../core/clip/clip.ts';
import { timingSources } from '../../core/clip/timing.ts';
import { boxSchema } from '../../core/geometry/schema.ts';
import { viewSchema } from '../../core/review/schema.ts';

/** What the `facts` columns must hold; a row that does not is damage, and is named as such. */
export const clipFactsSchema = z.object({
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
  timing: z.object({
    source: z.enum(timingSources),
    guessed: z.boolean(),
    frameTimesMs: z.array(z.number()),
    durationMs: z.number(),
    playback: z.enum(['loop', 'sweep']),
  }),
  regions: z.array(
    z.object({
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
  view: viewSchema,
  heartRateBpm: z.number().nullable(),
  rWaveTimesMs: z.array(z.number()),
  colourOverlay: z.boolean(),
  bMode: z.boolean(),
  lossy: z.boolean(),
  acquiredAt: z.string().nullable(),
  manufacturer: z.string().nullable(),
  manufacturerModel: z.string().nullable(),
}) satisfies z.ZodType<ClipFacts>;

export const studyFactsSchema = z.object({
  studyInstanceUid: z.string().min(1),
  patient: z.object({
    patientId: z.string(),
    issuerOfPatientId: z.string().nullable(),
    name: z.object({ alphabetic: z.string(), ideographic: z.string(), phonetic: z.string() }),
    birthDate: z.string().nullable(),
    sex: z.enum(['male', 'female', 'other', 'unknown']),
  }),
  studyDate: z.string().nullable(),
  description: z.string().nullable(),
  accessionNumber: z.string().nullable(),
  heightCm: z.number().nullable(),
  weightKg: z.number().nullable(),
  heartRateBpm: z.number().nullable(),
}) satisfies z.ZodType<StudyFacts>;
