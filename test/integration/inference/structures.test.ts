import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { InferenceService, type InferenceOptions } from '../../../main/inference/inference-service.ts';
import type { LoadedModel } from '../../../main/models/registry.ts';
import { builtModel } from './built-model.ts';
import { beatingRing, ringRequest } from './micro-clip.ts';
import { range, recurrence } from './recurrence.ts';

/** Draws wall and atrium from what it remembers: so their maps depend on all frames before. */
let model: LoadedModel;
let removeModel: () => Promise<void>;
const services: InferenceService[] = [];

function service(options: InferenceOptions = {}): InferenceService {
  const created = new InferenceService({ threads: 1, checkpointEvery: 4, ...options });
  services.push(created);
  return created;
}

beforeAll(async () => {
  const built = await builtModel('three-structures');
  model = await built.registry.load(null);
  removeModel = built.remove;
});
afterEach(async () => {
  await Promise.all(services.splice(0).map((running) => running.close()));
});
afterAll(() => removeModel());

const image = (frame: number) => beatingRing(model.manifest, frame);

/** What the graph makes of the cavity's map and the picture. */
function besides(probability: Float32Array, frame: number) {
  const shown = image(frame);
  return {
    wall: probability.map((value, index) => Math.max(value, shown[index]!)),
    atrium: probability.map((value, index) => Math.fround(value * shown[index]!)),
  };
}

const farthest = (a: Float32Array, b: Float32Array): number =>
  a.reduce((most, value, index) => Math.max(most, Math.abs(value - b[index]!)), 0);

describe('maps of structures beside the cavity', () => {
  it('come with each frame’s, also where a process was lost on the way', async () => {
    const running = service();
    let lost = false;
    const request = ringRequest(model, 12, {
      onProbability: (frame) => {
        if (frame !== 6 || lost) return;
        lost = true;
        process.kill(running.childProcessId!, 'SIGKILL');
      },
    });
    await running.run(request);
    expect(lost).toBe(true);
    const maps = await recurrence(model, range(0, 12));
    expect(request.maps).toEqual(maps);
    expect(request.structures).toHaveLength(12);
    for (const [frame, found] of request.structures.entries()) {
      expect([...found.keys()]).toEqual(['lv-wall', 'left-atrium']);
      const { wall, atrium } = besides(maps[frame]!, frame);
      expect(found.get('lv-wall')).toEqual(wall);
      expect(farthest(found.get('left-atrium')!, atrium)).toBeLessThan(1e-7);
    }
  });

  it('are those after the warming pass', async () => {
    const warm = { ...model, manifest: { ...model.manifest, passes: 'warm' as const, warmFrames: 3 } };
    const request = ringRequest(warm, 4);
    await service().run(request);
    const maps = (await recurrence(model, [2, 1, 0, ...range(0, 4)])).slice(3);
    expect(request.structures.map((found) => found.get('lv-wall'))).toEqual(
      maps.map((map, frame) => besides(map, frame).wall),
    );
  });

  it('are the mean of both directions, frame by frame', async () => {
    const both = { ...model, manifest: { ...model.manifest, passes: 'both-directions' as const } };
    const request = ringRequest(both, 6);
    await service().run(request);
    const forward = await recurrence(model, range(0, 6));
    const backward = await recurrence(model, range(0, 6).reverse());
    expect(request.structures).toHaveLength(12);
    for (const [step, found] of request.structures.entries()) {
      const frame = request.frames[step]!;
      const there = besides(forward[frame]!, frame);
      const back = besides(backward[5 - frame]!, frame);
      for (const [structure, name] of [
        ['lv-wall', 'wall'],
        ['left-atrium', 'atrium'],
      ] as const) {
        const expected =
          step < 6 ? there[name] : there[name].map((value, index) => (value + back[name][index]!) / 2);
        // The forward map was kept with 16 bits.
        expect(farthest(found.get(structure)!, expected), `${structure} ${step}`).toBeLessThan(1e-5);
      }
    }
  });

  it('that are none end the run as the cavity’s do, naming the structure', async () => {
    const { registry, remove } = await builtModel('unsound-atrium');
    try {
      const unsound = await registry.load(null);
      await expect(service().run(ringRequest(unsound, 3))).rejects.toMatchObject({
        code: 'model-invalid',
        message: expect.stringMatching(/as "left-atrium" the model returned values from/),
      });
    } finally {
      await remove();
    }
  });

  it('are not asked for where corrections are carried', async () => {
    const given = new Map([[2, new Float32Array(64 * 64).fill(1)]]);
    const told: unknown[][] = [];
    await service().propagate({
      model,
      provider: 'cpu',
      frameCount: 5,
      input: async (frame) => image(frame),
      given,
      from: 0,
      to: 4,
      onProbability: (...args) => void told.push(args),
      signal: new AbortController().signal,
    });
    expect(told.map(([frame]) => frame)).toEqual([3, 4, 1, 0]);
    for (const args of told) expect(args).toHaveLength(2);
  });
});

it('a model without structures beside the cavity gives none', async () => {
  const { registry, remove } = await builtModel('heeds-mask');
  try {
    const request = ringRequest(await registry.load(null), 3);
    await service().run(request);
    expect(request.structures.map((found) => found.size)).toEqual([0, 0, 0]);
  } finally {
    await remove();
  }
});
