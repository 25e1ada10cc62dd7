import { z } from 'zod';
import { confidenceSchema } from './confidence.ts';
import { correctionSchema } from './correction.ts';
import { contouredStructure } from './drawn-structures.ts';
import { graphFileFields, pictureSide } from './graph-file.ts';
import { propagationWays } from './propagation-way.ts';

/** `accurate` is the default where a GPU is found, `fast` on processors. */
const modelRoles = ['accurate', 'fast'] as const;

/**
 * How a clip whose end is known is run. `forward`: frame after frame. `warm`: the first `warmFrames` frames (or
 * all, if fewer) once in reverse order, keeping the recurrent state, then forward from frame 0 with `first_frame`
 * 0. `both-directions`: a forward and a backward pass, probabilities averaged.
 */
export const modelPasses = ['forward', 'warm', 'both-directions'] as const;
export type ModelPasses = (typeof modelPasses)[number];

/** Frames of the warming pass where the manifest does not say. */
export const defaultWarmFrames = 32;

/** With whatever follows a full stop. */
const windowsDevice = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)/;

/** Zod schema of a model folder's manifest.json; the application knows nothing of a model that is not in it. */
export const modelManifestSchema = z.object({
  schema: z.literal('systola-model/1'),
  /** Becomes the name of a folder, on Windows too. */
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/)
    .refine(
      (name) => !name.endsWith('.'),
      'must not end with a full stop, which Windows leaves out of folder names',
    )
    .refine(
      (name) => !windowsDevice.test(name),
      'is the name of a device on Windows, which no folder can have',
    ),
  /** Stands in every run's record, as the name does. */
  version: z.string().min(1).max(64),
  description: z.string(),
  graph: z.object({
    ...graphFileFields,
    /**
     * `probability`: the cavity's map. `structures`: maps of the same shape of structures beside it (drawn-structures.ts), by
     * structure; left out where the graph has none.
     */
    outputs: z.object({
      probability: z.string(),
      structures: z.record(z.string(), z.string()).optional(),
    }),
    inputs: z.object({ image: z.string(), firstFrame: z.string() }),
    /** Name of the state tensor that holds the last soft mask; a correction is written into it. */
    maskState: z.string(),
  }),
  input: z.object({
    width: pictureSide,
    height: pictureSide,
    channels: z.literal(1),
    /** Value range that 0…255 grey levels are mapped to. */
    range: z.tuple([z.number(), z.number()]),
    /** What part of the frame is squeezed to the input. */
    geometry: z.enum(['sector', 'region', 'frame']),
    /** `upright`: rows are depth; `transposed`: rows are lateral. */
    orientation: z.enum(['upright', 'transposed']),
    resize: z.literal('bilinear-antialias'),
    /** Margin added around the crop, as a fraction of its width and height. */
    marginFraction: z.number().min(0).max(0.5),
  }),
  /** All that the graph draws: the cavity, and whatever `graph.outputs.structures` has. */
  structures: z
    .array(z.string())
    .refine(
      (names) => names.includes(contouredStructure),
      `must name "${contouredStructure}", which is measured`,
    ),
  threshold: z.number().gt(0).lt(1),
  role: z.enum(modelRoles).optional(),
  /** `forward` when not given. */
  passes: z.enum(modelPasses).optional(),
  /** `defaultWarmFrames` when not given; counts only with passes `warm`. */
  warmFrames: z.number().int().min(1).max(512).optional(),
  /** Of the cavity's contours. */
  confidence: confidenceSchema.optional(),
  /** Of those of structures beside it, each with features of its own map. */
  structureConfidence: z.record(z.string(), confidenceSchema).optional(),
  /** `defaultPropagation` when not given. */
  propagation: z.enum(propagationWays).optional(),
  /** What `memory` means for this model; without it corrections are written into the model's own state. */
  correction: correctionSchema.optional(),
  parameters: z.number().int(),
  multiplyAddsPerFrame: z.number().int(),
  licence: z.string(),
  citation: z.string(),
  trainingData: z.array(z.object({ name: z.string(), licence: z.string(), citation: z.string() })),
  accuracy: z.array(
    z.object({
      dataset: z.string(),
      metric: z.string(),
      value: z.number(),
      lower95: z.number().nullable(),
      upper95: z.number().nullable(),
      n: z.number().int(),
    }),
  ),
  /** For whom and what the model was made, in a sentence or two. */
  intendedUse: z.string().optional(),
  /** What it is known to get wrong, one failure each. */
  knownFailures: z.array(z.string()).optional(),
  createdAt: z.string(),
});

export type ModelManifest = z.infer<typeof modelManifestSchema>;
