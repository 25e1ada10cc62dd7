import { z } from 'zod';
import { structureIdSchema } from '../structure/schema.ts';
import { numberChoices, numberModes, numberStates } from '../document/reported-number.ts';
import { beatFlagNames } from '../beat/beat-flags.ts';
import { timingSources } from '../clip/timing.ts';
import { viewCodes, viewSources } from '../clip/view.ts';
import { propagationWays } from '../model/propagation-way.ts';
import { distanceNames } from '../mark/distance-name.ts';
import { traceSourceKinds } from '../trace/trace.ts';
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

const beatSchema = z
  .object({
    edFrame: z.number().int(),
    esFrame: z.number().int(),
    nextEdFrame: z
      .number()
      .int()
      .nullable()
      .describe('ED of the next beat; null where the clip ends before it.'),
    cycleMs: z
      .number()
      .nullable()
      .describe('From ED to ED; null of a beat cut off, and where frame times are guessed.'),
    edvMl: z.number().nullable().describe('By disks in a single plane, as ESV and EF of the beat.'),
    esvMl: z.number().nullable(),
    efPercent: z.number().nullable(),
    included: z.boolean().nullable().describe('Whether the means of the clip rest on it.'),
    excludedBy: z.string().nullable().describe('The reader who excluded it; null where nobody did.'),
    flags: z.array(z.enum(beatFlagNames)).nullable(),
  })
  .describe('A beat with its own numbers; null is what is not known.');

const spreadSchema = z
  .array(
    z.object({
      name: z.string(),
      method: z.string(),
      unit: z.string(),
      count: z.number().int(),
      least: z.number(),
      greatest: z.number(),
    }),
  )
  .nullable()
  .describe('Range of each mean over the beats, or for biplane the pairs of beats, that it is of.');

const findingSchema = z.object({
  code: z.enum(findingCodes),
  severity: z.enum(['information', 'warning', 'refusal']),
  message: z.string(),
});

const reportSchema = z
  .object({
    conclusion: z.string(),
    conclusionSource: z
      .enum(['proposed', 'written', 'signed'])
      .describe('proposed by rules from the numbers, in English; written by a reader; as it was signed.'),
    numbersChanged: z
      .boolean()
      .describe('Whether numbers are others than when the reader wrote the conclusion.'),
    indication: z.string().nullable(),
    rhythm: z.string().nullable(),
    imageQuality: z.string().nullable(),
    ageYears: z.number().int().nullable().describe('Whole years at the study; null where it is not known.'),
  })
  .nullable()
  .describe(
    'What the report says in words; the referrer stands in the report alone. null in files from before this was written.',
  );

const reportedSchema = z
  .array(
    z.object({
      sopInstanceUid: z.string(),
      file: z.string(),
      title: z.string().nullable(),
      manufacturer: z.string().nullable(),
      manufacturerModel: z.string().nullable(),
      writtenAt: z.string().nullable(),
      bySystola: z.boolean(),
      numbers: z.array(
        z.object({
          name: z.string(),
          method: z.string().nullable().describe('null where the report names none that Systola has.'),
          methodMeaning: z.string().nullable().describe('As the report calls its method.'),
          view: z.enum([...viewCodes, 'biplane']).nullable(),
          mode: z.enum(numberModes).nullable().describe('null for two-dimensional pictures, or not stated.'),
          state: z.enum(numberStates).nullable().describe('null where the report does not say.'),
          value: z.number(),
          unit: z.string(),
          choice: z
            .enum(numberChoices)
            .describe('Which of `of` different values it is; last: the report says nothing of them.'),
          of: z.number().int(),
          ours: z.number().nullable().describe('Of the same method and view, else the study’s own.'),
          difference: z.number().nullable().describe('Ours less theirs.'),
          isOfOneMethod: z.boolean(),
        }),
      ),
    }),
  )
  .nullable()
  .describe(
    'Numbers of structured reports of the study, as a scanner or another program wrote them; none of ours rests on them. null in files from before this was written.',
  );

const propagationSchema = z.object({
  way: z.enum(propagationWays),
  anchors: z.array(z.number().int()),
  from: z.number().int(),
  to: z.number().int(),
  model: z.string(),
  sha256: z.string(),
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
          view: z.object({
            code: z.enum(viewCodes),
            source: z
              .enum(viewSources)
              .describe(
                'file; user: set or confirmed by a person; recognised: by a model, confirmed by nobody; assumed: by --view; none.',
              ),
            certainty: z
              .number()
              .min(0)
              .max(1)
              .exactOptional()
              .describe('How certain the model is of a recognised view, 0…1; left out of others.'),
          }),
          recognition: z
            .object({
              code: z.enum(viewCodes),
              certainty: z.number().min(0).max(1),
              recogniser: z.string(),
              version: z.string(),
              sha256: z.string(),
            })
            .nullable()
            .describe(
              'What a model told of the view, whichever view counts: code is unknown where it left it open; null where none was asked, and in files from before this was written.',
            ),
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
              source: z
                .enum(traceSourceKinds)
                .describe(
                  'model; propagated: of the model, moved after corrections of other frames; edited: corrected by a person or by a file; manual: drawn without a model; fitted: to what another program drew.',
                ),
              propagatedFrom: z
                .array(z.number().int())
                .nullable()
                .describe('Frames whose corrections a propagated contour follows; null for the others.'),
              confidence: z
                .number()
                .nullable()
                .describe(
                  'How far the contour is to be trusted, 0…1: calibrated where the model is, else the sharpness of its border; null for a contour by hand.',
                ),
            }),
          ),
          propagation: propagationSchema
            .nullable()
            .describe(
              'The last time that corrections were carried over other frames: from which, how far, with the model whose contours were moved and the SHA-256 of the graph that carried them (its correction network’s, where that did); null where none were, and in files from before this was written.',
            ),
          propagations: z
            .array(propagationSchema.extend({ structure: structureIdSchema }))
            .nullable()
            .describe(
              'The last time for each structure, the latest first; null in files from before this was written.',
            ),
          marks: z
            .array(
              z.object({
                kind: z.enum(['caliper', 'note']),
                frame: z.number().int(),
                points: z.array(pointSchema).describe('Both ends of a caliper; the place of a note.'),
                lengthMm: z
                  .number()
                  .nullable()
                  .describe('Of a caliper, by the calibration of its clip; null of a note, and without one.'),
                name: z
                  .enum(distanceNames)
                  .nullable()
                  .describe(
                    'Of a caliper, what it is of, as measurements name it; null where the reader named none of the list, and of a note.',
                  ),
                text: z
                  .string()
                  .nullable()
                  .describe(
                    'As the reader wrote it: a note, or what a caliper is of where no name fits; null of other calipers.',
                  ),
              }),
            )
            .nullable()
            .describe(
              'Distances and notes that a reader put on frames; a distance with a name is a measurement too. null in files from before this was written.',
            ),
          framesWithoutPicture: z
            .array(z.number().int())
            .nullable()
            .describe('Frames whose data cannot be decoded: they have no picture and no contour.'),
          beats: z.array(beatSchema),
          measurements: z.array(measurementSchema),
          spread: spreadSchema,
          findings: z.array(findingSchema),
        }),
      ),
      measurements: z.array(measurementSchema),
      spread: spreadSchema,
      beatPairs: z
        .array(z.object({ a4c: z.number().int(), a2c: z.number().int() }))
        .nullable()
        .describe(
          'Beats that biplane combines, as indices into the beats of its A4C and its A2C clip; empty without biplane.',
        ),
      report: reportSchema,
      reported: reportedSchema,
      findings: z.array(findingSchema),
    }),
  ),
  rejected: z
    .array(z.object({ file: z.string(), code: z.string(), reason: z.string() }))
    .describe(
      'Files that were not read; those whose clip was read and could not be analysed, which do not stand among the clips; and the file of corrections with each that could not be made.',
    ),
});

export type Analysis = z.infer<typeof analysisSchema>;
