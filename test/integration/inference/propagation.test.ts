import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  InferenceService,
  type InferenceOptions,
  type PropagationRequest,
} from '../../../main/inference/inference-service.ts';
import type { LoadedModel } from '../../../main/models/registry.ts';
import { builtModel } from './built-model.ts';
import { beatingRing, microModel, ringRequest } from './micro-clip.ts';
import { range, recurrence } from './recurrence.ts';

let micro: LoadedModel;
let heeding: LoadedModel;
const removals: (() => Promise<void>)[] = [];
const services: InferenceService[] = [];

function service(options: InferenceOptions = {}): InferenceService {
  const created = new InferenceService({ threads: 1, checkpointEvery: 4, ...options });
  services.push(created);
  return created;
}

beforeAll(async () => {
  const copy = await microModel();
  const built = await builtModel('heeds-mask');
  removals.push(copy.remove, built.remove);
  micro = copy.model;
  heeding = await built.registry.load(null);
});
afterEach(async () => {
  await Promise.all(services.splice(0).map((running) => running.close()));
});
afterAll(() => Promise.all(removals.map((remove) => remove())));

/** A bright square in the middle, wider with every pixel of `reach`. */
function square(model: LoadedModel, reach: number): Float32Array {
  const { width, height } = model.manifest.input;
  const mask = new Float32Array(width * height);
  for (let y = height / 2 - reach; y < height / 2 + reach; y += 1) {
    mask.fill(1, y * width + width / 2 - reach, y * width + width / 2 + reach);
  }
  return mask;
}

interface Told {
  readonly frames: number[];
  readonly maps: Map<number, Float32Array>;
}

function propagation(
  model: LoadedModel,
  frameCount: number,
  given: ReadonlyMap<number, Float32Array>,
  more: Partial<PropagationRequest> = {},
): PropagationRequest & Told {
  const frames: number[] = [];
  const maps = new Map<number, Float32Array>();
  const { onProbability } = more;
  return {
    model,
    provider: 'cpu',
    frameCount,
    given,
    from: 0,
    to: frameCount - 1,
    clipName: 'ring.dcm',
    input: async (frame) => beatingRing(model.manifest, frame),
    signal: new AbortController().signal,
    ...more,
    onProbability: async (frame, probability) => {
      frames.push(frame);
      maps.set(frame, probability);
      await onProbability?.(frame, probability);
    },
    frames,
    maps,
  };
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  return a.reduce((largest, value, pixel) => Math.max(largest, Math.abs(value - b[pixel]!)), 0);
}

describe('a mask that is given', () => {
  it('is in the memory of the frames on both sides, and nowhere else', async () => {
    const mask = square(micro, 12);
    const request = propagation(micro, 14, new Map([[6, mask]]));
    const result = await service().propagate(request);

    expect(request.frames).toEqual([...range(7, 14), ...range(0, 6).reverse()]);
    const forwards = await recurrence(micro, range(0, 14), undefined, new Map([[6, mask]]));
    const backwards = await recurrence(micro, range(0, 14).reverse(), undefined, new Map([[7, mask]]));
    for (const frame of range(7, 14)) expect(request.maps.get(frame)).toEqual(forwards[frame]);
    for (const frame of range(0, 6)) expect(request.maps.get(frame)).toEqual(backwards[13 - frame]);
    expect(result).toMatchObject({ provider: 'cpu', framesDone: 13, steps: 28 });
  });

  it('changes the next map of a model that heeds it by half of itself, the one after by a quarter', async () => {
    const unprompted = ringRequest(heeding, 8);
    const running = service();
    await running.run(unprompted);
    const mask = square(heeding, 12);
    const given = propagation(heeding, 8, new Map([[3, mask]]), { from: 4, to: 7 });
    await running.propagate(given);
    const own = unprompted.maps[3]!;
    for (const [away, share] of [0.5, 0.25, 0.125, 0.0625].entries()) {
      const before = unprompted.maps[4 + away]!;
      const moved = given.maps.get(4 + away)!.map((value, pixel) => value - before[pixel]!);
      const wanted = mask.map((value, pixel) => share * (value - own[pixel]!));
      expect(largestDifference(moved, wanted)).toBeLessThan(1e-6);
    }
  });

  it('changes the next maps of a GDKVM whose mask encoder is alive, even of one that learned nothing', async () => {
    const running = service();
    const unprompted = ringRequest(micro, 12);
    await running.run(unprompted);
    const small = propagation(micro, 12, new Map([[5, square(micro, 6)]]), { from: 6, to: 8 });
    const large = propagation(micro, 12, new Map([[5, square(micro, 24)]]), { from: 6, to: 8 });
    await running.propagate(small);
    await running.propagate(large);
    const change = [6, 7, 8].map((frame) =>
      largestDifference(small.maps.get(frame)!, large.maps.get(frame)!),
    );
    // Measured: 0.073, 0.0103 and 0.0048 between the two masks, 0.065 between a mask and none.
    expect(change[0]).toBeGreaterThan(0.05);
    expect(change[1]).toBeGreaterThan(0.005);
    expect(change[2]).toBeGreaterThan(0.002);
    expect(largestDifference(small.maps.get(6)!, unprompted.maps[6]!)).toBeGreaterThan(0.05);
  });

  it('counts on frames between two by how near they are', async () => {
    const given = new Map([
      [2, square(micro, 8)],
      [7, square(micro, 20)],
    ]);
    const request = propagation(micro, 10, given);
    await service().propagate(request);
    expect(request.frames).toEqual([8, 9, 6, 5, 4, 3, 1, 0]);
    const forwards = await recurrence(micro, range(0, 10), undefined, given);
    const backwards = await recurrence(
      micro,
      range(0, 10).reverse(),
      undefined,
      new Map([...given].map(([frame, mask]) => [9 - frame, mask])),
    );
    for (const frame of [3, 4, 5, 6]) {
      const share = (7 - frame) / 5;
      const blend = forwards[frame]!.map(
        (value, pixel) => share * value + (1 - share) * backwards[9 - frame]![pixel]!,
      );
      // The forward map was kept with 16 bits.
      expect(largestDifference(request.maps.get(frame)!, blend)).toBeLessThan(1e-5);
    }
    expect(request.maps.get(8)).toEqual(forwards[8]);
    expect(request.maps.get(0)).toEqual(backwards[9]);
  });

  it('counts from outside of the range, which ends where it was told to', async () => {
    const mask = square(micro, 12);
    const request = propagation(micro, 12, new Map([[2, mask]]), { from: 5, to: 7 });
    const result = await service().propagate(request);
    const forwards = await recurrence(micro, range(0, 8), undefined, new Map([[2, mask]]));
    expect(request.frames).toEqual([5, 6, 7]);
    expect([...request.maps.values()]).toEqual(forwards.slice(5));
    expect(result.steps).toBe(8);
  });

  it('counts also on a frame that the model does not see', async () => {
    const mask = square(micro, 12);
    const request = propagation(micro, 8, new Map([[5, mask]]), {
      from: 6,
      input: async (frame) => (frame === 5 ? null : beatingRing(micro.manifest, frame)),
      onUnsegmented: () => undefined,
    });
    await service().propagate(request);
    const maps = await recurrence(micro, [0, 1, 2, 3, 4, 6, 7], undefined, new Map([[4, mask]]));
    expect([...request.maps]).toEqual([
      [6, maps[5]],
      [7, maps[6]],
    ]);
  });

  it('counts also on a frame whose numbers are none, after which the memory is empty but for it', async () => {
    const mask = square(micro, 12);
    const request = propagation(micro, 8, new Map([[5, mask]]), {
      from: 6,
      input: async (frame) => {
        const image = beatingRing(micro.manifest, frame);
        return frame === 5 ? image.fill(Number.NaN) : image;
      },
      onUnsegmented: () => undefined,
    });
    await service().propagate(request);
    const maps = await recurrence(micro, [6, 7], undefined, new Map([[-1, mask]]));
    expect([...request.maps]).toEqual([
      [6, maps[0]],
      [7, maps[1]],
    ]);
  });

  it('leaves out frames without a map in either direction, and says so', async () => {
    const unsegmented: string[] = [];
    const given = new Map([
      [0, square(micro, 12)],
      [5, square(micro, 12)],
    ]);
    const request = propagation(micro, 7, given, {
      input: async (frame) => (frame === 3 || frame === 6 ? null : beatingRing(micro.manifest, frame)),
      onUnsegmented: (frame, reason) => void unsegmented.push(`${frame} ${reason}`),
    });
    await service().propagate(request);
    expect(unsegmented).toEqual(['6 no-picture', '3 no-picture']);
    expect(request.frames).toEqual([4, 2, 1]);
  });

  it('is refused when it is none', async () => {
    const running = service();
    for (const mask of [new Float32Array(7), square(micro, 4).fill(2), square(micro, 4).fill(Number.NaN)]) {
      await expect(running.propagate(propagation(micro, 4, new Map([[2, mask]])))).rejects.toMatchObject({
        code: 'inference-failed',
        file: 'ring.dcm',
        message: expect.stringContaining('frame 3'),
      });
    }
  });
});

describe('a process that is lost', () => {
  it.each(range(0, 12))('at step %i costs nothing of a given mask', async (fatalStep) => {
    const given = new Map([
      [4, square(micro, 8)],
      [7, square(micro, 20)],
    ]);
    const undisturbed = propagation(micro, 10, given, { from: 2 });
    await service().propagate(undisturbed);
    const running = service({ checkpointEvery: 3 });
    let lost = 0;
    const steps: number[] = [];
    const disturbed = propagation(micro, 10, given, {
      from: 2,
      onStep: (done) => {
        steps.push(done);
        if (done - 1 !== fatalStep && done - 11 !== fatalStep) return;
        lost += 1;
        process.kill(running.childProcessId!, 'SIGKILL');
      },
    });
    await running.propagate(disturbed);
    expect(lost).toBeGreaterThan(0);
    expect(steps).toEqual(range(1, 19));
    expect(disturbed.frames).toEqual(undisturbed.frames);
    expect(disturbed.maps).toEqual(undisturbed.maps);
  });

  it('by standing still is replaced too', async () => {
    const given = new Map([[4, square(micro, 8)]]);
    const undisturbed = propagation(micro, 9, given);
    await service().propagate(undisturbed);
    const running = service({ limits: { frameMs: 1000, frameFactor: 1 } });
    let stopped = false;
    const disturbed = propagation(micro, 9, given, {
      onStep: (done) => {
        if (done !== 6 || stopped) return;
        stopped = true;
        process.kill(running.childProcessId!, 'SIGSTOP');
      },
    });
    await running.propagate(disturbed);
    expect(stopped).toBe(true);
    expect(disturbed.maps).toEqual(undisturbed.maps);
  });
});

describe('states that outlive a pass', () => {
  const picturesKey = 'rings';
  const frames = 20;

  async function alone(given: ReadonlyMap<number, Float32Array>): Promise<Told['maps']> {
    const request = propagation(micro, frames, given);
    await service().propagate(request);
    return request.maps;
  }

  it('spare the frames before the first given one, and change nothing', async () => {
    const given = new Map([[10, square(micro, 12)]]);
    const running = service();
    await running.run(ringRequest(micro, frames, { picturesKey }));
    const first = propagation(micro, frames, given, { picturesKey });
    // Forwards from the state after frame 7, backwards from the end of the clip.
    expect((await running.propagate(first)).steps).toBe(12 + 20);
    const again = propagation(micro, frames, given, { picturesKey });
    expect((await running.propagate(again)).steps).toBe(12 + 12);
    const without = await alone(given);
    expect(first.maps).toEqual(without);
    expect(again.maps).toEqual(without);
  });

  it('hold nothing of a mask that was given', async () => {
    const running = service();
    const early = new Map([[5, square(micro, 24)]]);
    await running.propagate(propagation(micro, frames, early, { picturesKey }));
    const late = new Map([[14, square(micro, 8)]]);
    const request = propagation(micro, frames, late, { picturesKey });
    await running.propagate(request);
    expect(request.maps).toEqual(await alone(late));
  });

  it('are those of the same pictures, provider and manifest only', async () => {
    const given = new Map([[10, square(micro, 12)]]);
    const running = service();
    await running.run(ringRequest(micro, frames, { picturesKey }));
    const steps = async (more: Partial<PropagationRequest>, model = micro): Promise<number> =>
      (await running.propagate(propagation(model, frames, given, { to: 12, from: 11, ...more }))).steps;
    expect(await steps({})).toBe(13);
    expect(await steps({ picturesKey: 'others' })).toBe(13);
    const input = { ...micro.manifest.input, marginFraction: 0.1 };
    expect(await steps({ picturesKey }, { ...micro, manifest: { ...micro.manifest, input } })).toBe(13);
    expect(await steps({ picturesKey })).toBe(5);
  });

  it('are recomputed when there is no room for them', async () => {
    const given = new Map([[10, square(micro, 12)]]);
    const running = service({ shelfBytes: 1000 });
    await running.run(ringRequest(micro, frames, { picturesKey }));
    const request = propagation(micro, frames, given, { picturesKey });
    expect((await running.propagate(request)).steps).toBe(40);
    expect(request.maps).toEqual(await alone(given));
  });

  it('come from each direction of a model that runs in both, and from a warmed memory', async () => {
    const given = new Map([[10, square(micro, 12)]]);
    const both = { ...micro, manifest: { ...micro.manifest, passes: 'both-directions' as const } };
    const running = service();
    await running.run(ringRequest(both, frames, { picturesKey }));
    const request = propagation(both, frames, given, { picturesKey });
    expect((await running.propagate(request)).steps).toBe(12 + 12);
    expect(request.maps).toEqual(await alone(given));

    const warm = { ...micro, manifest: { ...micro.manifest, passes: 'warm' as const, warmFrames: 6 } };
    await running.run(ringRequest(warm, frames, { picturesKey }));
    const warmed = propagation(warm, frames, given, { picturesKey, from: 11 });
    expect((await running.propagate(warmed)).steps).toBe(10);
    const plain = propagation(warm, frames, given, { from: 11 });
    await service().propagate(plain);
    expect(warmed.maps).toEqual(plain.maps);
  });
});

describe('calling a propagation off', () => {
  it('takes effect in either direction, and leaves the service usable', async () => {
    const running = service();
    for (const last of [9, 3]) {
      const controller = new AbortController();
      const request = propagation(micro, 12, new Map([[6, square(micro, 12)]]), {
        signal: controller.signal,
        onProbability: (frame) => {
          if (frame === last) controller.abort();
        },
      });
      await expect(running.propagate(request)).rejects.toMatchObject({ code: 'cancelled' });
      expect(request.frames.at(-1)).toBe(last);
    }
    const next = propagation(micro, 3, new Map([[0, square(micro, 12)]]));
    await running.propagate(next);
    expect(next.frames).toEqual([1, 2]);
  });
});
