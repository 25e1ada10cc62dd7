import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { InferenceService, type InferenceOptions } from '../../../main/inference/inference-service.ts';
import type { LoadedModel } from '../../../main/models/registry.ts';
import { beatingRing, microModel, ringRequest } from './micro-clip.ts';
import { range, recurrence } from './recurrence.ts';
import { collectGarbage } from '../../fixtures/collect-garbage.ts';
import { shortestMs } from '../../fixtures/quiet-stretch.ts';

let model: LoadedModel;
let removeModel: () => Promise<void>;
const services: InferenceService[] = [];

function service(options: InferenceOptions = {}): InferenceService {
  // One thread: the micro model gains nothing from more.
  const created = new InferenceService({ threads: 1, ...options });
  services.push(created);
  return created;
}

function kill(running: InferenceService, signal: NodeJS.Signals): void {
  process.kill(running.childProcessId!, signal);
}

beforeAll(async () => {
  ({ model, remove: removeModel } = await microModel());
});
afterEach(async () => {
  await Promise.all(services.splice(0).map((running) => running.close()));
});
afterAll(() => removeModel());

describe('a clip', () => {
  it('gives what onnxruntime gives for the same frames and state, in order, once each', async () => {
    const request = ringRequest(model, 40);
    const result = await service().run(request);

    expect(request.frames).toEqual(Array.from({ length: 40 }, (_, frame) => frame));
    expect(request.maps).toEqual(await recurrence(model, range(0, 40)));
    expect(result).toMatchObject({ provider: 'cpu', framesDone: 40, providers: [] });
    expect(result.msPerFrame).toBeGreaterThan(0);
  });

  it('begins at the frame asked for with an empty memory', async () => {
    const request = ringRequest(model, 12, { from: 5 });
    await service().run(request);
    expect(request.frames).toEqual([5, 6, 7, 8, 9, 10, 11]);
    expect(request.maps).toEqual(await recurrence(model, range(5, 12)));
  });

  it('does not depend on clips before it', async () => {
    const running = service();
    const first = ringRequest(model, 20);
    const second = ringRequest(model, 20);
    await Promise.all([running.run(first), running.run(second)]);
    expect(second.maps).toEqual(first.maps);
  });

  it('keeps nothing of a clip that is done, while the process lives on', async () => {
    const running = service({ shelfBytes: 0 });
    const done: WeakRef<object>[] = [];
    for (let clip = 0; clip < 3; clip += 1) {
      const request = ringRequest(model, 4);
      done.push(new WeakRef(request));
      await running.run(request);
    }
    const alive = running.childProcessId;
    await collectGarbage();
    expect(running.childProcessId).toBe(alive);
    // The last one may still be on the stack.
    expect(done.slice(0, 2).map((request) => request.deref())).toEqual([undefined, undefined]);
  });

  it('says when the model is loading and running', async () => {
    const states: string[] = [];
    await service().run(
      ringRequest(model, 1, { onState: (state, provider) => states.push(`${state} ${provider}`) }),
    );
    expect(states).toEqual(['loading-model cpu', 'running cpu']);
  });

  it('keeps at most four frames under way while the caller is slow', async () => {
    let asked = 0;
    let taken = 0;
    let most = 0;
    const request = ringRequest(model, 24, {
      input: async (frame) => {
        asked += 1;
        most = Math.max(most, asked - taken);
        return beatingRing(model.manifest, frame);
      },
      onProbability: async () => {
        await sleep(5);
        taken += 1;
      },
    });
    await service().run(request);
    expect(taken).toBe(24);
    expect(most).toBeLessThanOrEqual(4);
    expect(most).toBeGreaterThan(1);
  });

  it('hands on what the callbacks throw and stays usable', async () => {
    const running = service();
    const noPixels = ringRequest(model, 10, {
      input: async (frame) => {
        if (frame === 3) throw new Error('frame 3 cannot be decoded');
        return beatingRing(model.manifest, frame);
      },
    });
    await expect(running.run(noPixels)).rejects.toThrow('frame 3 cannot be decoded');
    const noRoom = ringRequest(model, 10, {
      onProbability: (frame) => {
        if (frame === 2) throw new Error('no room for the contour of frame 2');
      },
    });
    await expect(running.run(noRoom)).rejects.toThrow('no room for the contour of frame 2');
    expect(noRoom.frames).toEqual([0, 1, 2]);
    await running.run(ringRequest(model, 2));
  });

  it('names the frame whose numbers are not finite', async () => {
    const request = ringRequest(model, 10, {
      input: async (frame) => {
        const image = beatingRing(model.manifest, frame);
        if (frame === 6) image.fill(Number.NaN);
        return image;
      },
    });
    const running = service();
    await expect(running.run(request)).rejects.toMatchObject({
      code: 'inference-failed',
      file: 'ring.dcm',
      message: expect.stringContaining('frame 7'),
    });
    expect(request.frames).toEqual([0, 1, 2, 3, 4, 5]);
    await running.run(ringRequest(model, 2));
  });

  it('refuses an input of the wrong size', async () => {
    const request = ringRequest(model, 2, { input: async () => new Float32Array(7) });
    await expect(service().run(request)).rejects.toMatchObject({ code: 'inference-failed' });
  });
});

describe('a lost process', () => {
  const undisturbed: { frames: number[]; maps: Float32Array[] } = { frames: [], maps: [] };

  beforeAll(async () => {
    const request = ringRequest(model, 40);
    await service().run(request);
    Object.assign(undisturbed, { frames: request.frames, maps: request.maps });
    expect(undisturbed.maps).toHaveLength(40);
  });

  it.each([5, 16, 17, 29])('is replaced with the same masks when killed at frame %i', async (fatalFrame) => {
    const running = service();
    const children = new Set<number>();
    const disturbed = ringRequest(model, 40, {
      onProbability: (frame) => {
        children.add(running.childProcessId ?? -1);
        if (frame === fatalFrame) kill(running, 'SIGKILL');
      },
    });
    await running.run(disturbed);

    expect(children.size).toBe(2);
    expect(disturbed.frames).toEqual(undisturbed.frames);
    expect(disturbed.maps).toEqual(undisturbed.maps);
  });

  it('is noticed when it only stands still', async () => {
    const running = service({ limits: { frameMs: 1000, frameFactor: 1 } });
    const children = new Set<number>();
    const disturbed = ringRequest(model, 40, {
      onProbability: (frame) => {
        children.add(running.childProcessId ?? -1);
        if (frame === 20 && children.size === 1) kill(running, 'SIGSTOP');
      },
    });
    await running.run(disturbed);

    expect(children.size).toBe(2);
    expect(disturbed.frames).toEqual(undisturbed.frames);
    expect(disturbed.maps).toEqual(undisturbed.maps);
  });

  it('is given up after three in a row without a new frame, and the next clip still runs', async () => {
    const running = service();
    const request = ringRequest(model, 40, {
      input: async (frame) => {
        if (frame === 10) kill(running, 'SIGKILL');
        return beatingRing(model.manifest, frame);
      },
    });
    await expect(running.run(request)).rejects.toMatchObject({
      code: 'inference-failed',
      message: expect.stringMatching(/SIGKILL/),
    });
    expect(request.frames.length).toBeLessThanOrEqual(10);
    const next = ringRequest(model, 3);
    await running.run(next);
    expect(next.frames).toEqual([0, 1, 2]);
  });
});

describe('cancelling', () => {
  it.each([
    ['between frames', null],
    ['while the process is deep in a computation', 'SIGSTOP' as const],
  ])('takes effect within 500 ms %s', async (_, signal) => {
    const running = service();
    const cancelMs = async (): Promise<number> => {
      const controller = new AbortController();
      let cancelledAt = 0;
      const request = ringRequest(model, 10_000, {
        signal: controller.signal,
        onProbability: (frame) => {
          if (frame !== 9) return;
          if (signal !== null) kill(running, signal);
          cancelledAt = performance.now();
          controller.abort();
        },
      });
      await expect(running.run(request)).rejects.toMatchObject({ code: 'cancelled' });
      const took = performance.now() - cancelledAt;
      const seen = request.frames.length;
      // Whatever was under way has had its chance when a whole run has followed.
      await running.run(ringRequest(model, 2));
      expect(request.frames.length).toBe(seen);
      return took;
    };
    expect(await shortestMs(500, cancelMs)).toBeLessThan(500);
  });

  it('works while the model is loading and while waiting for a turn', async () => {
    const running = service();
    const first = new AbortController();
    const second = new AbortController();
    const loading = running.run(ringRequest(model, 100, { signal: first.signal }));
    const waiting = running.run(ringRequest(model, 100, { signal: second.signal }));
    second.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
    first.abort();
    await expect(loading).rejects.toMatchObject({ code: 'cancelled' });
    await running.run(ringRequest(model, 2));
  });

  it('by closing the service says so and leaves no process', async () => {
    const running = service();
    let childProcessId = 0;
    const request = ringRequest(model, 10_000, {
      onProbability: (frame) => {
        childProcessId = running.childProcessId!;
        if (frame === 3) void running.close();
      },
    });
    await expect(running.run(request)).rejects.toMatchObject({ code: 'inference-stopped' });
    await running.close();
    expect(() => process.kill(childProcessId, 0)).toThrow('ESRCH');
    await expect(running.run(ringRequest(model, 1))).rejects.toMatchObject({ code: 'inference-stopped' });
  });
});

describe('the process', () => {
  it.runIf(process.platform === 'linux')('inherits nothing but what drivers need', async () => {
    const running = service();
    process.env['SYSTOLA_SECRET_FOR_TEST'] = 'token';
    let environment = '';
    const request = ringRequest(model, 1, {
      onProbability: () => {
        environment = readFileSync(`/proc/${running.childProcessId}/environ`, 'utf8');
      },
    });
    await running.run(request);
    delete process.env['SYSTOLA_SECRET_FOR_TEST'];
    expect(environment).toContain('PATH=');
    expect(environment).not.toContain('SYSTOLA_SECRET_FOR_TEST');
    expect(environment).not.toContain('NODE_OPTIONS');
  });

  it('is let go when there was nothing to do, and comes back', async () => {
    const running = service({ idleMs: 50 });
    await running.run(ringRequest(model, 1));
    expect(running.childProcessId).not.toBeNull();
    await expect.poll(() => running.childProcessId).toBeNull();
    await running.run(ringRequest(model, 1));
  });
});
