import { z } from 'zod';
import { boxSchema } from '../geometry/schema.ts';
import {
  beatsSchema,
  bodySchema,
  excludedBeatsSchema,
  frameKeySchema,
  pairSchema,
  propagationRecordSchema,
  recognitionSchema,
  rulerSchema,
  runRecordSchema,
  signedNumberSchema,
  sopInstanceUidSchema,
  stageSchema,
  viewSchema,
} from '../review/schema.ts';
import { settingsSchema } from '../settings/settings.ts';
import { structureIdSchema } from '../structure/schema.ts';
import { mostNameCharacters, traceSchema } from '../trace/schema.ts';

/*
 * What a contours SR carries for Systola beside what every reader sees: all contours of the study and all that was said
 * of its clips, exactly as the review keeps it, so that another library shows the same numbers. It stands as UTF-8 JSON
 * in the report's private block (tracesBlockTags).
 */

/** Name and version of the content. Raised with every change; a reader refuses a version that it does not know. */
export const tracesBlockName = 'systola-traces/1';

/** Private block of the report: creator LO and the JSON as OB, each with its tag (PS3.5 section 7.8.1). */
export const tracesBlockTags = {
  creator: { tag: 0x0099_0010, value: 'SYSTOLA 1' },
  content: { tag: 0x0099_1001 },
} as const;

/** Larger is none of ours: three structures on 20,000 frames are 60 MB. */
export const mostTracesBlockBytes = 256 * 1024 * 1024;

const name = z.string().max(mostNameCharacters);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const uid = z.string().regex(/^[0-9.]{1,64}$/);
const count = z.number().int().min(1).max(0xffff_ffff);
const mostClips = 10_000;
const mostNumbers = 20_000;

/** A clip's review, in the format that `format` names (core/review/upcast.ts). Keys are those of `ClipReview`. */
const clipReviewSchema = z.strictObject({
  view: viewSchema,
  recognition: recognitionSchema.nullable(),
  ruler: rulerSchema.nullable(),
  picture: boxSchema.nullable(),
  /** By structure, then by frame, which counts from 0. */
  traces: z.record(structureIdSchema, z.record(frameKeySchema, traceSchema)),
  beats: beatsSchema.nullable(),
  excludedBeats: excludedBeatsSchema.nullable(),
  run: runRecordSchema.nullable(),
  propagation: propagationRecordSchema.nullable(),
});

const clipSchema = z.strictObject({
  sopInstanceUid: sopInstanceUidSchema,
  /** What the contours were drawn on: a clip of another size or length is another one, whatever its UID says. */
  rows: count,
  columns: count,
  frames: count,
  /** Of the file in the library that wrote this; null where it was not read for it. */
  fileSha256: sha256.nullable(),
  review: clipReviewSchema,
  /** With which lengths were measured; null where nothing calibrates the clip. For comparison: a reader calibrates itself. */
  calibration: z
    .strictObject({
      source: z.enum(['region', 'pixel-spacing', 'user-ruler']),
      mmPerPixelX: z.number().positive(),
      mmPerPixelY: z.number().positive(),
    })
    .nullable(),
  /** As they were there, for comparison; means have no beat. */
  measurements: z.array(signedNumberSchema).max(mostNumbers),
});

/** A region that stands in the report's tree, where other programs may have changed it. */
const regionSchema = z.strictObject({
  sopInstanceUid: sopInstanceUidSchema,
  structure: structureIdSchema,
  frame: z.number().int().min(0),
  /** Tracking Unique Identifier (0040,A124 of 112040,DCM) of its measurement group. */
  trackingUid: uid,
  /**
   * Of the bytes of its GraphicData (0070,0022) as written: FL, little endian, first point repeated at the end. The same
   * for the region and for the contour that its area was inferred from.
   */
  graphicDataSha256: sha256,
});

export const tracesBlockSchema = z.strictObject({
  schema: z.literal(tracesBlockName),
  notice: z.string().max(400),
  software: z.strictObject({ name, version: name }),
  studyInstanceUid: uid,
  /** Format of what stands under `review` (`revisionFormat` of core/review/upcast.ts). */
  format: z.number().int().min(1),
  /** The study's last revision; null where nobody has said anything. Ids count within the library that wrote this. */
  revision: z.strictObject({ id: z.number().int(), at: name }).nullable(),
  /** As it was there: a decision of one library is none of another. */
  decision: z.strictObject({
    state: z.enum(['pending', 'accepted']),
    at: name.nullable(),
    by: z.string().max(200).nullable(),
  }),
  body: bodySchema,
  stage: stageSchema.nullable(),
  pair: pairSchema.nullable(),
  /** Settings that numbers depend on. */
  options: settingsSchema.pick({
    bsaFormula: true,
    axisDifferenceLimitPercent: true,
    basalTiltLimitDegrees: true,
  }),
  /** The study's numbers as they were there, for comparison. */
  measurements: z.array(signedNumberSchema).max(mostNumbers),
  /** Every clip of the study. */
  clips: z.array(clipSchema).max(mostClips),
  /** In the order in which the report has them. */
  regions: z.array(regionSchema).max(100_000),
});

export type TracesBlock = z.infer<typeof tracesBlockSchema>;
export type TracedClip = TracesBlock['clips'][number];
export type WrittenRegion = TracesBlock['regions'][number];
