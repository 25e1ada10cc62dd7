import { z } from 'zod';
import { structureIdSchema } from '../structure/schema.ts';
import { timingSources } from '../clip/timing.ts';
import { viewCodes, viewSources } from '../clip/view.ts';
import { findingCodes } from '../finding/finding.ts';

/** Number of the schema of `analysis.json`; raised with whatever is added, see read-analysis.ts for the earlier ones. */
export const analysisSchemaName = 'systola-analysis/3';

const stageSchema = z
  .object({ name: z.string().nullable(), number: z.number().int().nullable() })
  .nullable()
  .describe(
    'StageName (0008,2120) and StageNumber (0008,2122) of a stress study; null where the file states none.',
  );

const pointSchema = z.tuple([z.number(), z.number()]).readonly();

const measurementSchema = z.object({
  name: z.string(),
  method: z.string(),
  view: z.enum([...viewCodes, 'biplane']).nullable(),
  value: z.number(),
  unit: z.string(),
  beat: z.number().int().nullable(),
  stage: stageSchema,
});

const findingSchema = z.object({
  code: z.enum(findingCodes),
  severity: z.enum(['information', 'warning', 'refusal']),
  message: z.string(),
});

/**
 * `analysis.json` as written by `systola analyze`. Coordinates are image pixels, (0, 0) the centre of the
 * top-left pixel, x right, y down; frames count from 0; a still is a clip with one frame.
 */
export const analysisSchema = z.object({
  schema: z.literal(analysisSchemaName),
  notice: z.string(),
  software: z.object({ name: z.literal('Systola'), version: z.string() }),
  model: z
    .object({ name: z.string(), version: z.string(), sha256: z.string(), provider: z.string() })
    .nullable(),
  studies: z.array(
    z.object({
      studyInstanceUid: z.string(),
      patientId: z.string(),
      clips: z.array(
        z.object({
          file: z.string(),
          sopInstanceUid: z.string(),
          fileSha256: z
            .string()
            .nullable()
            .describe(
              'SHA-256 of the file whose pixels the model was given, hexadecimal; null where no model has run over the clip.',
            ),
          rows: z.number().int(),
          columns: z.number().int(),
          frames: z.number().int(),
          view: z.object({ code: z.enum(viewCodes), source: z.enum(viewSources) }),
          stage: stageSchema,
          timing: z.object({
            source: z.enum(timingSources),
            guessed: z.boolean(),
            frameTimesMs: z.array(z.number()),
          }),
          calibration: z
            .object({
              source: z.enum(['region', 'pixel-spacing', 'user-ruler']),
              mmPerPixelX: z.number(),
              mmPerPixelY: z.number(),
            })
            .nullable(),
          traces: z.array(
            z.object({
              frame: z.number().int(),
              structure: structureIdSchema.describe(
                'What is contoured: lv-cavity, the left ventricle, or another structure.',
              ),
              points: z.array(pointSchema),
              hinges: z
                .tuple([pointSchema, pointSchema])
                .nullable()
                .describe('The ends of the contour; null for a closed contour, which has no landmarks.'),
              apex: pointSchema.nullable(),
              source: z.string(),
              confidence: z
                .number()
                .nullable()
                .describe(
                  'How far the contour is to be trusted, 0…1: calibrated where the model is, else the sharpness of its border; null for a contour by hand.',
                ),
            }),
          ),
          framesWithoutPicture: z
            .array(z.number().int())
            .nullable()
            .describe('Frames whose data cannot be decoded: they have no picture and no contour.'),
          beats: z.array(z.object({ edFrame: z.number().int(), esFrame: z.number().int() })),
          measurements: z.array(measurementSchema),
          findings: z.array(findingSchema),
        }),
      ),
      measurements: z.array(measurementSchema),
      findings: z.array(findingSchema),
    }),
  ),
  rejected: z
    .array(z.object({ file: z.string(), code: z.string(), reason: z.string() }))
    .describe(
      'Files that were not read, and those whose clip was read and could not be analysed; the latter do not stand among the clips.',
    ),
});

export type Analysis = z.infer<typeof analysisSchema>;
