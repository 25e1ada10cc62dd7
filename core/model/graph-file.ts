import { z } from 'zod';

/** What a manifest says of any ONNX file of its folder: which it is, and what its memory is made of. */
export const graphFileFields = {
  file: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*\.onnx$/),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  opset: z.number().int(),
  /** How weights are stored; inputs and outputs are float32 in any case. */
  precision: z.enum(['fp32', 'fp16', 'int8']),
  outputs: z.object({ probability: z.string() }),
  /** Tensors that are fed as `input` and returned as `output`; all zeros in the beginning. */
  state: z
    .array(
      z.object({
        name: z.string(),
        input: z.string(),
        output: z.string(),
        shape: z.array(z.number().int().positive()).min(1).max(6),
      }),
    )
    .min(1),
} as const;

/** Pixels of one side of a picture that a network is shown. */
export const pictureSide = z.number().int().positive().max(1024);
