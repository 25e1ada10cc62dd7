import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ModelManifest } from '../../../core/model/manifest.ts';
import type { StructureMaps } from '../../../main/inference/protocol.ts';
import type { InferenceRequest } from '../../../main/inference/inference-service.ts';
import { ModelRegistry, type LoadedModel } from '../../../main/models/registry.ts';

/** A GDKVM of a few thousand parameters at 64×64, exported like the real ones. */
export const microModelFolder = fileURLToPath(new URL('../../fixtures/micro-model', import.meta.url));

/** A folder of models with a copy of the micro model in it, changed as told; removed by `remove`. */
export async function copyOfMicroModel(
  change: (manifest: ModelManifest, graph: Uint8Array) => Uint8Array | void = () => {},
  rehash = true,
): Promise<{ folder: string; registry: ModelRegistry; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'systola-models-'));
  const copy = join(folder, 'micro');
  await cp(microModelFolder, copy, { recursive: true });
  const manifest = JSON.parse(await readFile(join(copy, 'manifest.json'), 'utf8')) as ModelManifest;
  const graphPath = join(copy, manifest.graph.file);
  const graph = await readFile(graphPath);
  const changed = change(manifest, graph) ?? graph;
  if (rehash) manifest.graph.sha256 = createHash('sha256').update(changed).digest('hex');
  await writeFile(graphPath, changed);
  await writeFile(join(copy, 'manifest.json'), JSON.stringify(manifest));
  return {
    folder,
    registry: new ModelRegistry([folder]),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

export async function microModel(): Promise<{ model: LoadedModel; remove(): Promise<void> }> {
  const { registry, remove } = await copyOfMicroModel();
  return { model: await registry.load(null), remove };
}

/** A bright ring that beats, as the model's input: height × width in the manifest's range. */
export function beatingRing(manifest: ModelManifest, frame: number): Float32Array {
  const { width, height, range } = manifest.input;
  const image = new Float32Array(width * height);
  const radius = 0.25 + 0.08 * Math.cos((2 * Math.PI * frame) / 12);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const distance = Math.hypot(x / width - 0.5, y / height - 0.5) - radius;
      const speckle = 0.1 * Math.sin(12.9898 * x + 78.233 * y + frame);
      const grey = Math.min(1, Math.max(0, Math.exp(-((distance / 0.08) ** 2)) * 0.8 + speckle + 0.1));
      image[y * width + x] = range[0] + grey * (range[1] - range[0]);
    }
  }
  return image;
}

/** A request over a clip of beating rings that keeps what it is given, and the order in which it came. */
export function ringRequest(
  model: LoadedModel,
  frameCount: number,
  more: Partial<InferenceRequest> = {},
): InferenceRequest & {
  readonly frames: number[];
  readonly maps: Float32Array[];
  readonly structures: StructureMaps[];
} {
  const frames: number[] = [];
  const maps: Float32Array[] = [];
  const structures: StructureMaps[] = [];
  const { onProbability } = more;
  return {
    model,
    provider: 'cpu',
    frameCount,
    clipName: 'ring.dcm',
    input: async (frame) => beatingRing(model.manifest, frame),
    signal: new AbortController().signal,
    ...more,
    onProbability: async (frame, probability, settled, besides) => {
      frames.push(frame);
      maps.push(probability);
      structures.push(besides);
      await onProbability?.(frame, probability, settled, besides);
    },
    frames,
    maps,
    structures,
  };
}
