import '../../main/inference/no-telemetry.ts';
import ort from 'onnxruntime-node';
import { encodeOnnxModel } from '../../main/inference/onnx-graph.ts';

/** Side of the square matrices: large enough that only arithmetic counts. */
export const matrixSize = 2048;

export interface MatrixProduct {
  /** GFLOP/s of the median of some products. */
  measure(repeats: number): Promise<number>;
  close(): Promise<void>;
}

/** A large fp32 matrix product in onnxruntime, the yardstick for what this machine can do. */
export async function matrixProduct(threads: number): Promise<MatrixProduct> {
  const shape = [matrixSize, matrixSize];
  const graph = encodeOnnxModel({
    name: 'product',
    nodes: [{ operator: 'MatMul', inputs: ['a', 'b'], outputs: ['c'] }],
    inputs: [
      { name: 'a', shape },
      { name: 'b', shape },
    ],
    outputs: [{ name: 'c', shape }],
  });
  const session = await ort.InferenceSession.create(graph, {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
  });
  const matrix = (seed: number): ort.Tensor =>
    new ort.Tensor(
      'float32',
      Float32Array.from({ length: matrixSize ** 2 }, (_, index) => Math.sin(seed + index * 0.7)),
      shape,
    );
  const feeds = { a: matrix(1), b: matrix(2) };
  const fetches = { c: matrix(3) };
  await session.run(feeds, fetches);
  return {
    measure: async (repeats) => {
      const times: number[] = [];
      for (let repeat = 0; repeat < repeats; repeat += 1) {
        const started = performance.now();
        await session.run(feeds, fetches);
        times.push(performance.now() - started);
      }
      times.sort((a, b) => a - b);
      return (2 * matrixSize ** 3) / (times[times.length >> 1]! * 1e6);
    },
    close: () => session.release(),
  };
}
