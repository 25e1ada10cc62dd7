import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { InferenceService, type InferenceOptions } from '../../../main/inference/inference-service.ts';
import { feasiblePasses, passesOver } from '../../../main/inference/passes.ts';
import type { LoadedModel } from '../../../main/models/registry.ts';
import { beatingRing, microModel, ringRequest } from './micro-clip.ts';
import { range, recurrence } from './recurrence.ts';

let model: LoadedModel;
let removeModel: () => Promise<void>;
const services: InferenceService[] = [];

function service(options: InferenceOptions = {}): InferenceService {
  const created = new InferenceService({ threads: 1, checkpointEvery: 4, ...options });
  services.push(created);
  return created;
}

beforeAll(async () => {
  ({ model, remove: removeModel } = await microModel());
});
afterEach(async () => {
  await Promise.all(services.splice(0).map((running) => running.close()));
});
afterAll(() => removeModel());

function warming(frames: number): LoadedModel {
  return { ...model, manifest: { ...model.manifest, passes: 'warm', warmFrames: frames } };
}

const bothDirections = (): LoadedModel => ({
  ...model,
  manifest: { ...model.manifest, passes: 'both-directions' },
});

describe('the plan of passes', () => {
  it('warms on the first frames backwards, on all of a shorter clip', () => {
    expect(passesOver('warm', 3, 7, 2)).toEqual([{ frames: [4, 3, 3, 4, 5, 6], silentSteps: 2 }]);
    expect(passesOver('warm', 0, 3)).toEqual([{ frames: [2, 1, 0, 0, 1, 2], silentSteps: 3 }]);
    expect(passesOver('warm', 0, 100)[0]?.silentSteps).toBe(32);
  });

  it('runs forwards only where the maps of both directions would not fit into memory', () => {
    const { graph } = model.manifest;
    const input = { ...model.manifest.input, width: 256, height: 256 };
    expect(feasiblePasses({ passes: 'both-directions', input, graph }, 2000)).toBe('both-directions');
    expect(feasiblePasses({ passes: 'both-directions', input, graph }, 2100)).toBe('forward');
    expect(feasiblePasses({ input, graph }, 9)).toBe('forward');
    const structures = { 'lv-wall': 'lv_wall', 'left-atrium': 'left_atrium' };
    const three = { ...graph, outputs: { ...graph.outputs, structures } };
    expect(feasiblePasses({ passes: 'both-directions', input, graph: three }, 680)).toBe('both-directions');
    expect(feasiblePasses({ passes: 'both-directions', input, graph: three }, 690)).toBe('forward');
  });
});

describe('a warm pass', () => {
  it('gives what the recurrence gives that has seen the beat before, and only the frames of the clip', async () => {
    const steps: string[] = [];
    const request = ringRequest(warming(5), 12, { onStep: (done, total) => steps.push(`${done}/${total}`) });
    const result = await service().run(request);
    const maps = await recurrence(model, [4, 3, 2, 1, 0, ...range(0, 12)]);
    expect(request.frames).toEqual(range(0, 12));
    expect(request.maps).toEqual(maps.slice(5));
    expect(result).toMatchObject({ framesDone: 12, passes: 'warm' });
    expect(steps).toEqual(range(1, 18).map((done) => `${done}/17`));
  });

  it.each([2, 9])('goes on from its checkpoint when the process is lost at step %i', async (fatalStep) => {
    const running = service();
    let lost = false;
    const request = ringRequest(warming(5), 8, {
      onStep: (done) => {
        if (done !== fatalStep || lost) return;
        lost = true;
        process.kill(running.childProcessId!, 'SIGKILL');
      },
    });
    await running.run(request);
    expect(lost).toBe(true);
    expect(request.maps).toEqual((await recurrence(model, [4, 3, 2, 1, 0, ...range(0, 8)])).slice(5));
  });
});

describe('both directions', () => {
  it('give the forward maps first and then their mean with the backward ones, the last frame first', async () => {
    const running = service();
    const settled: boolean[] = [];
    let lost = false;
    const request = ringRequest(bothDirections(), 9, {
      onProbability: (_, __, final) => void settled.push(final),
      // A process lost on the way back costs nothing.
      onStep: (done, total) => {
        expect(total).toBe(18);
        if (done !== 14 || lost) return;
        lost = true;
        process.kill(running.childProcessId!, 'SIGKILL');
      },
    });
    await running.run(request);
    const forward = await recurrence(model, range(0, 9));
    const backward = await recurrence(model, range(0, 9).reverse());
    expect(request.frames).toEqual([...range(0, 9), ...range(0, 9).reverse()]);
    expect(settled).toEqual([...range(0, 9).map(() => false), ...range(0, 9).map(() => true)]);
    expect(request.maps.slice(0, 9)).toEqual(forward);
    request.maps.slice(9).forEach((mean, step) => {
      const frame = 8 - step;
      const away = mean.map((value, pixel) =>
        Math.abs(value - (forward[frame]![pixel]! + backward[step]![pixel]!) / 2),
      );
      // The forward map was kept with 16 bits.
      expect(Math.max(...away)).toBeLessThan(1e-5);
    });
  });

  it('can be called off on the way back', async () => {
    const controller = new AbortController();
    const request = ringRequest(bothDirections(), 6, {
      signal: controller.signal,
      onProbability: (frame, _, final) => {
        if (final && frame === 4) controller.abort();
      },
    });
    await expect(service().run(request)).rejects.toMatchObject({ code: 'cancelled' });
    expect(request.frames).toEqual([0, 1, 2, 3, 4, 5, 5, 4]);
  });
});

describe('a frame with nothing to segment', () => {
  const without =
    (...empty: number[]) =>
    async (frame: number) =>
      empty.includes(frame) ? null : beatingRing(model.manifest, frame);

  it('is told in its place, and leaves the memory as it was', async () => {
    const order: string[] = [];
    const request = ringRequest(model, 8, {
      input: without(0, 3, 4, 7),
      onProbability: (frame) => void order.push(`${frame}`),
      onUnsegmented: (frame, reason) => void order.push(`${frame} ${reason}`),
    });
    const result = await service().run(request);
    expect(order).toEqual([
      '0 no-picture',
      '1',
      '2',
      '3 no-picture',
      '4 no-picture',
      '5',
      '6',
      '7 no-picture',
    ]);
    expect(request.maps).toEqual(await recurrence(model, [1, 2, 5, 6]));
    expect(result.framesDone).toBe(8);
  });

  it('may be every frame, and in every pass', async () => {
    const order: string[] = [];
    const told = (frame: number, _: string, final: boolean): void => void order.push(`${frame} ${final}`);
    await service().run(ringRequest(bothDirections(), 2, { input: async () => null, onUnsegmented: told }));
    expect(order).toEqual(['0 false', '1 false', '1 true', '0 true']);
  });
});
