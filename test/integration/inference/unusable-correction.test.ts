import { rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { LoadedModel } from '../../../main/models/registry.ts';
import { correcting, corrections, frames, square } from './correcting.ts';
import { ringRequest } from './micro-clip.ts';

const at = correcting();
const { service, model } = at;

describe('a correction network that cannot be used', () => {
  const flipped = (bytes: Uint8Array): Uint8Array =>
    bytes.with(bytes.length >> 1, bytes[bytes.length >> 1]! ^ 1);
  type Spoil = () => Promise<LoadedModel>;
  const cases: readonly (readonly [string, Spoil, string, RegExp])[] = [
    [
      'is missing',
      async () => {
        const loaded = await model();
        rmSync(loaded.correctionPath!);
        return loaded;
      },
      'model-not-found',
      /cannot be read/,
    ],
    [
      'is another file',
      async () => {
        const loaded = await model();
        writeFileSync(loaded.correctionPath!, 'another');
        return loaded;
      },
      'model-hash-mismatch',
      /not the one its manifest names/,
    ],
    [
      'is cut off',
      () => model('sound', { bytes: (graph) => graph.subarray(0, graph.length >> 1) }),
      'model-invalid',
      /cannot be used/,
    ],
    ['is damaged', () => model('sound', { bytes: flipped }), 'model-invalid', /cannot be used/],
    [
      'is no graph',
      () => model('sound', { bytes: () => Buffer.from('no graph') }),
      'model-invalid',
      /cannot be used/,
    ],
    [
      'has other inputs',
      () => model('sound', { manifest: (correction) => (correction.inputs.given = 'drawn') }),
      'model-invalid',
      /"drawn"/,
    ],
    [
      'has a state of another size',
      () => model('sound', { manifest: (correction) => (correction.state[0]!.shape = [1, 1, 8, 8]) }),
      'model-invalid',
      /1×1×8×8/,
    ],
    ['gives no probabilities', () => model('logits'), 'model-invalid', /between 0 and 1/],
  ];

  it.each(cases)(
    '%s: says which file and what to do, and the model still contours',
    async (_, spoil, code, says) => {
      const loaded = await spoil();
      const running = service();
      const given = new Map([[4, square(at.sound.manifest.input, 8)]]);
      let steps = 0;
      const request = corrections(loaded, given, { onStep: () => void (steps += 1) });
      const error = await running.correct(request).then(
        () => null,
        (thrown: Error) => thrown,
      );
      expect(error).toMatchObject({ name: 'SystolaError', code, file: loaded.correctionPath });
      expect(error!.message).toMatch(says);
      expect(error!.message).toMatch(
        /correction network of the model.*Put back the original model folder, or carry corrections by displacement/,
      );
      expect(steps).toBe(0);
      const run = ringRequest(loaded, frames);
      await running.run(run);
      expect(run.maps).toEqual(at.own);
    },
  );

  it('makes numbers that are none of what was given: the frame is named', async () => {
    const poisoned = await model('poisoned');
    const request = corrections(poisoned, new Map([[4, square(at.sound.manifest.input, 8)]]));
    await expect(service().correct(request)).rejects.toMatchObject({
      code: 'inference-failed',
      file: 'ring.dcm',
      message: expect.stringMatching(/network that carries corrections failed at frame 5: .*not numbers/),
    });
    expect(request.frames).toEqual([]);
  });
});
