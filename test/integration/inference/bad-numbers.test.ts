import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { InferenceService } from '../../../main/inference/inference-service.ts';
import type { LoadedModel } from '../../../main/models/registry.ts';
import { builtModel } from './built-model.ts';
import { ringRequest } from './micro-clip.ts';

const service = new InferenceService({ threads: 1 });
const cleanups: (() => Promise<void>)[] = [];

afterEach(async () => {
  await Promise.all(cleanups.splice(0).map((cleanup) => cleanup()));
});
afterAll(() => service.close());

async function model(...built: Parameters<typeof builtModel>): Promise<LoadedModel> {
  const { registry, remove } = await builtModel(...built);
  cleanups.push(remove);
  return registry.load(null);
}

/** Grey pictures; those of the frames named have white pixels. */
function pictures({ manifest }: LoadedModel, ...white: number[]) {
  const { width, height } = manifest.input;
  return async (frame: number): Promise<Float32Array> => {
    const picture = new Float32Array(width * height).fill(0.25 + 0.01 * frame);
    if (white.includes(frame)) picture.fill(1, 0, width);
    return picture;
  };
}

/** What is told of each frame: "3", or "3 not-finite". */
async function told(loaded: LoadedModel, frames: number, ...white: number[]): Promise<string[]> {
  const order: string[] = [];
  await service.run(
    ringRequest(loaded, frames, {
      input: pictures(loaded, ...white),
      onProbability: (frame, map) => {
        expect(map.every((value) => value >= 0 && value <= 1)).toBe(true);
        order.push(`${frame}`);
      },
      onUnsegmented: (frame, reason) => void order.push(`${frame} ${reason}`),
    }),
  );
  return order;
}

describe('numbers that are none', () => {
  it('in a result: the frame has no map, and those after it are sound', async () => {
    expect(await told(await model('nan-result'), 5, 1, 4)).toEqual([
      '0',
      '1 not-finite',
      '2',
      '3',
      '4 not-finite',
    ]);
  });

  it('in the map of a structure beside the cavity: it has none on that frame, and the cavity is as ever', async () => {
    for (const passes of ['forward', 'both-directions'] as const) {
      const loaded = await model('nan-atrium');
      const request = ringRequest(loaded, 4, { input: pictures(loaded, 1), passes });
      await service.run(request);
      const found = new Map(
        request.frames.map((frame, step) => [frame, [...request.structures[step]!.keys()]]),
      );
      expect([0, 1, 2, 3].map((frame) => found.get(frame))).toEqual([
        ['lv-wall', 'left-atrium'],
        ['lv-wall'],
        ['lv-wall', 'left-atrium'],
        ['lv-wall', 'left-atrium'],
      ]);
      expect(request.maps.flatMap((map) => [...map]).every(Number.isFinite)).toBe(true);
    }
  });

  it('in the memory: the frame that brought them has no map, and the next begins anew', async () => {
    const loaded = await model('nan-memory');
    expect(await told(loaded, 4, 1)).toEqual(['0', '1 not-finite', '2', '3']);
    const clean = ringRequest(loaded, 2, { input: pictures(loaded) });
    await service.run(clean);
    expect(clean.frames).toEqual([0, 1]);
  });

  it('in three frames in a row: the run fails and names them', async () => {
    const loaded = await model('nan-result');
    await expect(told(loaded, 8, 2, 3, 4)).rejects.toMatchObject({
      code: 'inference-failed',
      file: 'ring.dcm',
      message: expect.stringContaining('3–5'),
    });
  });

  it('end a run that cannot do without a frame', async () => {
    const loaded = await model('nan-memory');
    const request = ringRequest(loaded, 4, { input: pictures(loaded, 1) });
    await expect(service.run(request)).rejects.toMatchObject({
      code: 'inference-failed',
      message: expect.stringMatching(/frame 2: the model's memory/),
    });
    expect(request.frames).toEqual([0]);
  });
});

describe('values that are no probabilities', () => {
  it('are found when the model is loaded', async () => {
    const loaded = await model('logits');
    await expect(service.run(ringRequest(loaded, 2, { input: pictures(loaded) }))).rejects.toMatchObject({
      code: 'model-invalid',
      file: loaded.graphPath,
      message: expect.stringContaining('2 to 2'),
    });
  });

  it('are found in the frame that brings them, whatever the caller can do without', async () => {
    const loaded = await model('logits-in-light');
    const bright = async (frame: number) => (await pictures(loaded)(frame)).fill(frame === 2 ? 0.9 : 0.25);
    const request = ringRequest(loaded, 4, { input: bright, onUnsegmented: () => {} });
    await expect(service.run(request)).rejects.toMatchObject({
      code: 'model-invalid',
      file: loaded.graphPath,
      message: expect.stringContaining('frame 3'),
    });
    expect(request.frames).toEqual([0, 1]);
  });
});

describe('a manifest that lies', () => {
  it.each([
    [
      'about the size of the memory',
      'memory',
      (loaded: LoadedModel) => (loaded.manifest.graph.state[0]!.shape[3] = 8),
    ],
    [
      'about the name of a result',
      'mask_of_heart',
      (loaded: LoadedModel) => (loaded.manifest.graph.outputs.probability = 'mask_of_heart'),
    ],
  ])('%s is refused when the model is loaded', async (_, name, lie) => {
    const loaded = await model('plain');
    lie(loaded);
    await expect(service.run(ringRequest(loaded, 1, { input: pictures(loaded) }))).rejects.toMatchObject({
      code: 'model-invalid',
      message: expect.stringContaining(name),
    });
  });
});
