import '../../../main/inference/no-telemetry.ts';
import ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { encodeOnnxModel, identityModel } from '../../../main/inference/onnx-graph.ts';

describe('an ONNX model written by hand', () => {
  it('copies tensors of any shape', async () => {
    const tensors = [
      { name: 'mask', shape: [1, 1, 300, 200] },
      { name: 'sum', shape: [7] },
    ];
    const session = await ort.InferenceSession.create(identityModel(tensors), { intraOpNumThreads: 1 });
    expect(session.inputNames).toEqual(['mask_in', 'sum_in']);
    const mask = Float32Array.from({ length: 60_000 }, (_, index) => Math.sin(index));
    const sum = Float32Array.from({ length: 7 }, (_, index) => index / 3);
    const copies = await session.run({
      mask_in: new ort.Tensor('float32', mask, [1, 1, 300, 200]),
      sum_in: new ort.Tensor('float32', sum, [7]),
    });
    expect(copies['mask_out']!.data).toEqual(mask);
    expect(copies['mask_out']!.dims).toEqual([1, 1, 300, 200]);
    expect(copies['sum_out']!.data).toEqual(sum);
    await session.release();
  });

  it('computes', async () => {
    const matrix = { shape: [2, 2] };
    const session = await ort.InferenceSession.create(
      encodeOnnxModel({
        name: 'product',
        nodes: [{ operator: 'MatMul', inputs: ['a', 'b'], outputs: ['c'] }],
        inputs: [
          { name: 'a', ...matrix },
          { name: 'b', ...matrix },
        ],
        outputs: [{ name: 'c', ...matrix }],
      }),
      { intraOpNumThreads: 1 },
    );
    const results = await session.run({
      a: new ort.Tensor('float32', [1, 2, 3, 4], [2, 2]),
      b: new ort.Tensor('float32', [5, 6, 7, 8], [2, 2]),
    });
    expect(Array.from(results['c']!.data as Float32Array)).toEqual([19, 22, 43, 50]);
    await session.release();
  });
});
