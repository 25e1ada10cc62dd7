import '../../../main/inference/no-telemetry.ts';
import ort from 'onnxruntime-node';
import type { LoadedModel } from '../../../main/models/registry.ts';
import { beatingRing } from './micro-clip.ts';

/**
 * The maps of the frames named, in that order, with the memory carried from one to the next: the recurrence written
 * out in this process.
 *
 * @param given masks that are put into the memory after a step, in place of the model's own; after step −1 into the empty one
 */
export async function recurrence(
  model: LoadedModel,
  frames: readonly number[],
  image: (frame: number) => Float32Array = (frame) => beatingRing(model.manifest, frame),
  given: ReadonlyMap<number, Float32Array> = new Map(),
): Promise<Float32Array[]> {
  const { graph, input } = model.manifest;
  const session = await ort.InferenceSession.create(model.graphPath, { intraOpNumThreads: 1 });
  const maps: Float32Array[] = [];
  let state: ort.Tensor[] = graph.state.map(({ name, shape }) => {
    const size = shape.reduce((product, length) => product * length, 1);
    const values = (name === graph.maskState ? given.get(-1) : undefined) ?? new Float32Array(size);
    return new ort.Tensor('float32', values, shape);
  });
  for (const [step, frame] of frames.entries()) {
    const feeds: Record<string, ort.Tensor> = {
      [graph.inputs.image]: new ort.Tensor('float32', image(frame), [1, 1, input.height, input.width]),
      [graph.inputs.firstFrame]: new ort.Tensor('float32', [step === 0 ? 1 : 0], [1]),
    };
    graph.state.forEach((tensor, index) => (feeds[tensor.input] = state[index]!));
    const results = await session.run(feeds);
    maps.push(results[graph.outputs.probability]!.data as Float32Array);
    state = graph.state.map((tensor) => {
      const mask = tensor.name === graph.maskState ? given.get(step) : undefined;
      return mask === undefined ? results[tensor.output]! : new ort.Tensor('float32', mask, tensor.shape);
    });
  }
  await session.release();
  return maps;
}

export function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}
