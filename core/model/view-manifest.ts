import { z } from 'zod';
import { graphFileFields, pictureSide } from './graph-file.ts';

/** Classes of a recogniser: the views that can be said of a clip, each once, in the order of its output. */
const recognisedViews = ['a4c', 'a2c', 'a3c', 'other'] as const;

const { file, sha256, opset, precision } = graphFileFields;

/** Zod schema of the manifest.json of a model that recognises views (models/README.md, "Views"). */
export const viewManifestSchema = z.object({
  schema: z.literal('systola-view-model/1'),
  name: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/),
  /** Stands in every recorded answer, as the name does. */
  version: z.string().min(1).max(64),
  description: z.string(),
  graph: z.object({
    ...{ file, sha256, opset, precision },
    inputs: z.object({ sectors: z.string().min(1), wholes: z.string().min(1) }),
    outputs: z.object({ probability: z.string().min(1) }),
  }),
  input: z.object({
    width: pictureSide,
    height: pictureSide,
    channels: z.literal(1),
    /** Value range that 0…255 grey levels are mapped to. */
    range: z
      .tuple([z.number(), z.number()])
      .refine(([low, high]) => low < high, 'the range does not go from low to high'),
    geometry: z.literal('sector'),
    orientation: z.literal('upright'),
    resize: z.literal('bilinear-antialias'),
    /** Margin added around the sector's box, as a fraction of its width and height. */
    marginFraction: z.literal(0),
    /** Frames of a clip that it is shown at most. */
    frames: z.number().int().min(1).max(64),
    wholePictures: z.literal('first and last of these frames'),
  }),
  classes: z
    .array(z.enum(recognisedViews))
    .refine(
      (classes) => [...classes].sort().join() === [...recognisedViews].sort().join(),
      `must name ${recognisedViews.join(', ')}, each once`,
    ),
  /** Below this certainty the view is left open. */
  certainty: z.number().gt(0).lt(1),
  parameters: z.number().int(),
  licence: z.string(),
  citation: z.string(),
  trainingData: z.array(z.object({ name: z.string(), licence: z.string() })),
  intendedUse: z.string().optional(),
  createdAt: z.string(),
});

export type ViewManifest = z.infer<typeof viewManifestSchema>;
