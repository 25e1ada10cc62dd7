import '../../../main/inference/no-telemetry.ts';
import ort from 'onnxruntime-node';
import type { LoadedModel } from '../../../main/models/registry.ts';
import { beatingRing } from './micro-clip.ts';

/**
 * The maps of the frames named, in that order, with the memory carried from one to the next: the recurrence written
 * out in this process.
 */
export async function recurrence(
  model: LoadedModel,
  frames: readonly number[],
  image: (frame: number) => Float32Array = (frame) => beatingRing(model.manifest, frame),
): Promise<Float32Array[]> {
  const { graph, input } = model.manifest;
  const session = await ort.InferenceSession.create(model.graphPath, { intraOpNumThreads: 1 });
  const maps: Float32Array[] = [];
  let state: ort.Tensor[] = graph.state.map(({ shape }) => {
    const size = shape.reduce((product, length) => product * length, 1);
    return new ort.Tensor('float32', new Float32Array(size), shape);
  });
  for (const [step, frame] of frames.entries()) {
    const feeds: Record<string, ort.Tensor> = {
      [graph.inputs.image]: new ort.Tensor('float32', image(frame), [1, 1, input.height, input.width]),
      [graph.inputs.firstFrame]: new ort.Tensor('float32', [step === 0 ? 1 : 0], [1]),
    };
    graph.state.forEach((tensor, index) => (feeds[tensor.input] = state[index]!));
    const results = await session.run(feeds);
    maps.push(results[graph.outputs.probability]!.data as Float32Array);
    state = graph.state.map((tensor) => results[tensor.output]!);
  }
  await session.release();
  return maps;
}

export function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}
