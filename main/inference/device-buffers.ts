import ort, { type InferenceSession, type Tensor } from 'onnxruntime-node';
import { identityModel, type OnnxTensor } from './onnx-graph.ts';

type Tensors = Record<string, Tensor>;

/**
 * Tensors in GPU buffers that stay where they are, to be written by one run and read by the next, and the way back.
 *
 * This binding has no call that makes such a tensor: a graph that copies zeros does, told to leave its outputs on the
 * device. Its getData() aborts the process on them: a graph that copies to the CPU brings values over without it.
 */
export class DeviceBuffers {
  readonly tensors: Readonly<Tensors>;
  /** Kept: what it made is taken from its memory. */
  readonly #maker: InferenceSession;
  readonly #readback: InferenceSession;

  private constructor(tensors: Readonly<Tensors>, maker: InferenceSession, readback: InferenceSession) {
    this.tensors = tensors;
    this.#maker = maker;
    this.#readback = readback;
  }

  /** @throws whatever onnxruntime throws, as where there is no device */
  static async create(specification: readonly OnnxTensor[]): Promise<DeviceBuffers> {
    const bytes = identityModel(specification);
    const options = { executionProviders: ['webgpu'], interOpNumThreads: 1, logSeverityLevel: 3 } as const;
    const maker = await ort.InferenceSession.create(bytes, {
      ...options,
      preferredOutputLocation: Object.fromEntries(
        specification.map(({ name }) => [`${name}_out`, 'gpu-buffer']),
      ),
    });
    try {
      const zeros = specification.map(({ name, shape }) => {
        const size = shape.reduce((product, length) => product * length, 1);
        return [`${name}_in`, new ort.Tensor('float32', new Float32Array(size), shape)];
      });
      const made = (await maker.run(Object.fromEntries(zeros))) as Tensors;
      const tensors = Object.fromEntries(specification.map(({ name }) => [name, made[`${name}_out`]!]));
      return new DeviceBuffers(tensors, maker, await ort.InferenceSession.create(bytes, options));
    } catch (error) {
      await maker.release();
      throw error;
    }
  }

  /** Copies of the values of some tensors, in the order of their names; waits for the device. */
  async read(names: readonly string[]): Promise<Float32Array[]> {
    const feeds = Object.entries(this.tensors).map(([name, tensor]) => [`${name}_in`, tensor]);
    const wanted = names.map((name) => `${name}_out`);
    const copies = (await this.#readback.run(Object.fromEntries(feeds), wanted)) as Tensors;
    return wanted.map((name) => copies[name]!.data as Float32Array);
  }

  async close(): Promise<void> {
    for (const tensor of Object.values(this.tensors)) tensor.dispose();
    await this.#readback.release();
    await this.#maker.release();
  }
}
