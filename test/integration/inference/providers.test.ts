import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ClipCourse } from '../../../core/propagation/clip-course.ts';
import { InferenceService, type InferenceOptions } from '../../../main/inference/inference-service.ts';
import type { LoadedModel } from '../../../main/models/registry.ts';
import { addCorrection } from '../../fixtures/models/correction.ts';
import { builtModel } from './built-model.ts';
import { copyOfMicroModel, microModel, ringRequest } from './micro-clip.ts';

/** Chromium's software Vulkan: slow, but everywhere the same. */
const softwareVulkan = '/usr/lib/chromium/vk_swiftshader_icd.json';

let model: LoadedModel;
let removeModel: () => Promise<void>;
const services: InferenceService[] = [];

function service(options: InferenceOptions = {}): InferenceService {
  const created = new InferenceService({ threads: 1, ...options });
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

describe('a provider that does not work', () => {
  /** Of another operating system, so it can never start here. */
  const foreign = process.platform === 'win32' ? 'coreml' : 'dml';

  it('is refused when it was asked for, naming the cause and what works', async () => {
    const running = service();
    await expect(running.run(ringRequest(model, 2, { provider: foreign }))).rejects.toMatchObject({
      code: 'provider-unavailable',
      message: expect.stringMatching(/(DirectML|CoreML) cannot run .+: .+\. The CPU works/),
    });
    await running.run(ringRequest(model, 2));
  });

  it('is passed over by auto, with its reason', async () => {
    const hidden = process.env['VK_DRIVER_FILES'];
    process.env['VK_DRIVER_FILES'] = join(tmpdir(), 'no-such-driver.json');
    try {
      const running = service();
      const first = await running.run(ringRequest(model, 2, { provider: 'auto' }));
      expect(first.providers.at(-1)).toMatchObject({ provider: 'cpu', reason: null });
      for (const report of first.providers.slice(0, -1)) {
        const chosen = report.provider === first.provider;
        expect(report.reason === null).toBe(chosen);
      }
      expect(first.providers.map(({ provider }) => provider)).toContain('webgpu');
      // Asked again it answers from memory: the same process goes on at once.
      const states: string[] = [];
      const second = await running.run(
        ringRequest(model, 2, { provider: 'auto', onState: (state) => states.push(state) }),
      );
      expect(second.providers).toBe(first.providers);
      expect(states).toEqual(['running']);
    } finally {
      if (hidden === undefined) delete process.env['VK_DRIVER_FILES'];
      else process.env['VK_DRIVER_FILES'] = hidden;
    }
  });
});

const haveVulkan = process.platform === 'linux' && existsSync(softwareVulkan);
if (!haveVulkan) {
  process.stderr.write(`skipped: WebGPU on software Vulkan, because ${softwareVulkan} is not installed\n`);
}

describe.skipIf(!haveVulkan)('WebGPU on software Vulkan', () => {
  const before = { ...process.env };
  let runtimeFolder: string;

  beforeAll(() => {
    runtimeFolder = mkdtempSync(join(tmpdir(), 'systola-xdg-'));
    process.env['VK_DRIVER_FILES'] = softwareVulkan;
    process.env['XDG_RUNTIME_DIR'] = runtimeFolder;
  });
  afterAll(() => {
    for (const name of ['VK_DRIVER_FILES', 'XDG_RUNTIME_DIR']) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
    rmSync(runtimeFolder, { recursive: true, force: true });
  });

  it('keeps the state on the device and gives what the CPU gives, a killed process included', async () => {
    const onCpu = ringRequest(model, 8);
    await service().run(onCpu);

    const running = service({ checkpointEvery: 3 });
    const children = new Set<number>();
    const onGpu = ringRequest(model, 8, {
      provider: 'webgpu',
      onProbability: (frame) => {
        children.add(running.childProcessId ?? -1);
        if (frame === 5) process.kill(running.childProcessId!, 'SIGKILL');
      },
    });
    const { provider } = await running.run(onGpu);

    expect(provider).toBe('webgpu');
    expect(children.size).toBe(2);
    expect(onGpu.frames).toEqual(onCpu.frames);
    expect(largestDifference(onGpu.maps, onCpu.maps)).toBeLessThan(1e-3);
    // Or the comparison would say nothing.
    expect(largestDifference(onCpu.maps.slice(0, 1), onCpu.maps.slice(-1))).toBeGreaterThan(1e-3);

    // A mask that is given, in the same process: a checkpoint is taken while it is not on the device yet.
    const half = new Float32Array(model.manifest.input.width * model.manifest.input.height);
    half.fill(1, half.length / 2);
    const given = new Map([[2, half]]);
    const gpuMaps = await propagated(running, 'webgpu', given);
    expect(largestDifference(gpuMaps, await propagated(service(), 'cpu', given))).toBeLessThan(1e-3);
    expect(largestDifference(gpuMaps, onGpu.maps.slice(3, 5))).toBeGreaterThan(1e-2);
  }, 400_000);

  it('gives the same where several frames are read back together, in a new process too', async () => {
    const onCpu = ringRequest(model, 21);
    await service().run(onCpu);

    // A checkpoint falls into the second group, which ends with it.
    const running = service({ framesAtOnce: 4, checkpointEvery: 6 });
    let killed = false;
    const onGpu = ringRequest(model, 21, {
      provider: 'webgpu',
      onProbability: (frame) => {
        if (frame !== 13 || killed) return;
        killed = true;
        process.kill(running.childProcessId!, 'SIGKILL');
      },
    });
    const { provider } = await running.run(onGpu);

    expect(provider).toBe('webgpu');
    expect(onGpu.frames).toEqual(onCpu.frames);
    expect(leastDice(onGpu.maps, onCpu.maps, model.manifest.threshold)).toBeGreaterThan(0.999);
    expect(largestDifference(onGpu.maps, onCpu.maps)).toBeLessThan(1e-3);
    expect(largestDifference(onCpu.maps.slice(0, 1), onCpu.maps.slice(-1))).toBeGreaterThan(1e-3);

    // What a reader gave ends a group: its own step is over, and the next has not begun.
    const half = new Float32Array(model.manifest.input.width * model.manifest.input.height);
    half.fill(1, half.length / 2);
    const given = new Map([[1, half]]);
    const gpuMaps = await propagated(running, 'webgpu', given);
    expect(largestDifference(gpuMaps, await propagated(service(), 'cpu', given))).toBeLessThan(1e-3);
    expect(largestDifference(gpuMaps, onGpu.maps.slice(3, 5))).toBeGreaterThan(1e-2);
  }, 400_000);

  it('goes on after a frame without numbers that was read back with others', async () => {
    // What is no number stays in this model's memory: without a new beginning the frames behind would have none.
    const { registry, remove } = await builtModel('heeds-mask');
    try {
      const loaded = await registry.load(null);
      const { width, height } = loaded.manifest.input;
      const runOn = async (provider: 'cpu' | 'webgpu') => {
        const told: string[] = [];
        const request = ringRequest(loaded, 7, {
          provider,
          input: async (frame) => {
            const picture = new Float32Array(width * height).fill(0.25 + 0.01 * frame);
            return frame === 1 || frame === 4 ? picture.fill(NaN, 0, width) : picture;
          },
          onProbability: (frame) => void told.push(`${frame}`),
          onUnsegmented: (frame, reason) => void told.push(`${frame} ${reason}`),
        });
        await service({ framesAtOnce: 4 }).run(request);
        return { told, maps: request.maps };
      };
      const onGpu = await runOn('webgpu');
      expect(onGpu.told).toEqual(['0', '1 not-finite', '2', '3', '4 not-finite', '5', '6']);
      expect(largestDifference(onGpu.maps, (await runOn('cpu')).maps)).toBeLessThan(1e-5);
    } finally {
      await remove();
    }
  }, 120_000);

  it('carries corrections through their network as the CPU does, a killed process included', async () => {
    const { folder, registry, remove } = await copyOfMicroModel();
    try {
      addCorrection(join(folder, 'micro'));
      const loaded = await registry.load(null);
      const { width, height } = loaded.manifest.input;
      const [left, right] = [0, 1].map((side) =>
        Float32Array.from({ length: width * height }, (_, pixel) =>
          Number((pixel % width) * 2 >= width === !!side),
        ),
      );
      const carry = async (running: InferenceService, provider: 'cpu' | 'webgpu', killAt: number) => {
        const maps: Float32Array[] = [];
        const { input, signal } = ringRequest(loaded, 6);
        const result = await running.correct({
          model: loaded,
          provider,
          frameCount: 6,
          course: new ClipCourse([50, 40, 30, 30, 40, 50], [0, 30, 60, 90, 120, 150]),
          given: new Map([
            [1, left!],
            [4, right!],
          ]),
          from: 0,
          to: 5,
          input,
          correctionInput: async (frame) => (await input(frame))!,
          onProbability: (_, map) => void maps.push(map),
          onUnsegmented: () => undefined,
          onStep: (step) => {
            if (step === killAt) process.kill(running.childProcessId!, 'SIGKILL');
          },
          signal,
        });
        expect(result.provider).toBe(provider);
        return maps;
      };
      const onCpu = await carry(service(), 'cpu', -1);
      // Checkpoints of the network's state are read back from the device.
      const onGpu = await carry(service({ checkpointEvery: 2 }), 'webgpu', 9);
      expect(onCpu).toHaveLength(4);
      expect(largestDifference(onGpu, onCpu)).toBeLessThan(1e-3);
      expect(largestDifference(onCpu.slice(0, 1), onCpu.slice(-1))).toBeGreaterThan(0.5);
    } finally {
      await remove();
    }
  }, 400_000);

  it('reads the maps of structures beside the cavity back as the cavity’s', async () => {
    const { registry, remove } = await builtModel('three-structures');
    try {
      const three = await registry.load(null);
      const [onCpu, onGpu] = [ringRequest(three, 5), ringRequest(three, 5, { provider: 'webgpu' })];
      await service().run(onCpu);
      const running = service();
      expect(await running.run(onGpu)).toMatchObject({ provider: 'webgpu' });
      for (const structure of ['lv-wall', 'left-atrium']) {
        const [cpu, gpu] = [onCpu, onGpu].map(({ structures }) =>
          structures.map((maps) => maps.get(structure)!),
        );
        expect(largestDifference(gpu!, cpu!), structure).toBeLessThan(1e-3);
        expect(largestDifference(cpu!.slice(0, 1), cpu!.slice(-1)), structure).toBeGreaterThan(1e-3);
      }
      // And does without them where nobody wants them, in the same process.
      const half = new Float32Array(64 * 64).fill(1, 64 * 32);
      const given = new Map([[2, half]]);
      expect(
        largestDifference(
          await propagated(running, 'webgpu', given, three),
          await propagated(service(), 'cpu', given, three),
        ),
      ).toBeLessThan(1e-3);
    } finally {
      await remove();
    }
  }, 400_000);

  it('is not taken by auto where it is slower than the CPU', async () => {
    const result = await service().run(ringRequest(model, 2, { provider: 'auto' }));
    expect(result.provider).toBe('cpu');
    expect(result.providers.find(({ provider }) => provider === 'webgpu')?.reason).toMatch(
      /slower than the CPU|no sign of life|said nothing/,
    );
  }, 120_000);
});

/** Maps of frames 3 and 4 after what was given before them. */
async function propagated(
  running: InferenceService,
  provider: 'cpu' | 'webgpu',
  given: ReadonlyMap<number, Float32Array>,
  of: LoadedModel = model,
): Promise<Float32Array[]> {
  const maps: Float32Array[] = [];
  const { input, signal } = ringRequest(of, 5);
  const onProbability = (_: number, map: Float32Array): void => void maps.push(map);
  const range = { frameCount: 5, from: 3, to: 4 };
  await running.propagate({ model: of, provider, given, ...range, input, signal, onProbability });
  return maps;
}

/** Of the masks of each frame. */
function leastDice(a: readonly Float32Array[], b: readonly Float32Array[], threshold: number): number {
  const overlaps = a.map((map, frame) => {
    let both = 0;
    let sum = 0;
    map.forEach((value, index) => {
      const [one, other] = [value > threshold, b[frame]![index]! > threshold];
      both += Number(one && other);
      sum += Number(one) + Number(other);
    });
    return sum === 0 ? 1 : (2 * both) / sum;
  });
  return Math.min(...overlaps);
}

function largestDifference(a: readonly Float32Array[], b: readonly Float32Array[]): number {
  let largest = 0;
  a.forEach((map, frame) =>
    map.forEach((value, index) => (largest = Math.max(largest, Math.abs(value - b[frame]![index]!)))),
  );
  return largest;
}
