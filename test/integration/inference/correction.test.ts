import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ModelManifest } from '../../../core/model/manifest.ts';
import { ClipCourse } from '../../../core/propagation/clip-course.ts';
import { resample, resamplingTaps } from '../../../core/sector/resample.ts';
import {
  InferenceService,
  type CorrectionRequest,
  type InferenceOptions,
} from '../../../main/inference/inference-service.ts';
import type { LoadedModel } from '../../../main/models/registry.ts';
import {
  addCorrection,
  correctionGain,
  type CorrectionChange,
  type CorrectionKind,
} from '../../fixtures/models/correction.ts';
import { beatingRing, copyOfMicroModel, ringRequest } from './micro-clip.ts';
import { range } from './recurrence.ts';

const frames = 12;
/** Frames are not evenly spaced, as in a file that says so. */
const timesMs = range(0, frames).map((frame) => 30 * frame + (frame > 5 ? 60 : 0));
/** Two beats; the area of the fifth frame is not known. */
const areas = range(0, frames).map((frame) =>
  frame === 4 ? null : 100 + 40 * Math.cos((frame * Math.PI) / 3),
);
const course = new ClipCourse(areas, timesMs);
const removals: (() => Promise<void>)[] = [];
const services: InferenceService[] = [];

function service(options: InferenceOptions = {}): InferenceService {
  const created = new InferenceService({ threads: 1, checkpointEvery: 4, ...options });
  services.push(created);
  return created;
}

async function model(
  kind: CorrectionKind = 'sound',
  change: CorrectionChange = {},
  more: (manifest: ModelManifest) => void = () => undefined,
): Promise<LoadedModel> {
  const { folder, registry, remove } = await copyOfMicroModel((manifest) => more(manifest));
  removals.push(remove);
  addCorrection(join(folder, 'micro'), kind, change);
  return registry.load(null);
}

let sound: LoadedModel;
/** What a run of the model draws. */
let own: Float32Array[];

beforeAll(async () => {
  sound = await model();
  const run = ringRequest(sound, frames);
  const running = service();
  await running.run(run);
  await running.close();
  own = run.maps;
});
afterEach(async () => {
  await Promise.all(services.splice(0).map((running) => running.close()));
});
afterAll(() => Promise.all(removals.map((remove) => remove())));

/** A bright square in the middle, as large as the correction network's picture asks for. */
function square(
  { width, height }: { readonly width: number; readonly height: number },
  reach: number,
): Float32Array {
  const mask = new Float32Array(width * height);
  for (let y = height / 2 - reach; y < height / 2 + reach; y += 1) {
    mask.fill(1, y * width + width / 2 - reach, y * width + width / 2 + reach);
  }
  return mask;
}

interface Told {
  readonly frames: number[];
  readonly maps: Map<number, Float32Array>;
  readonly follows: Map<number, readonly number[]>;
  readonly unsegmented: string[];
}

function corrections(
  loaded: LoadedModel,
  given: ReadonlyMap<number, Float32Array>,
  more: Partial<CorrectionRequest> = {},
): CorrectionRequest & Told {
  const told: Told = { frames: [], maps: new Map(), follows: new Map(), unsegmented: [] };
  const { manifest } = loaded;
  const { width, height } = manifest.correction!;
  const atItsSize = { ...manifest, input: { ...manifest.input, width, height } };
  return {
    model: loaded,
    provider: 'cpu',
    frameCount: frames,
    course,
    given,
    from: 0,
    to: frames - 1,
    clipName: 'ring.dcm',
    input: async (frame) => beatingRing(manifest, frame),
    correctionInput: async (frame) => beatingRing(atItsSize, frame),
    signal: new AbortController().signal,
    ...more,
    onProbability: async (frame, probability, from) => {
      told.frames.push(frame);
      told.maps.set(frame, probability);
      told.follows.set(frame, from);
      await more.onProbability?.(frame, probability, from);
    },
    onUnsegmented: (frame, reason) => void told.unsegmented.push(`${frame} ${reason}`),
    ...told,
  };
}

const logOdds = (probability: number): number => Math.log(probability / (1 - probability));
const limited = (probability: number): number => Math.min(6, Math.max(-6, logOdds(probability)));
const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value));

/** Log-odds of a frame that follows one anchor. */
function expected(
  maps: readonly Float32Array[],
  frame: number,
  anchor: number,
  mask: Float32Array,
): Float64Array {
  return Float64Array.from(
    maps[frame]!,
    (value, pixel) => limited(value) + correctionGain * (mask[pixel]! - maps[anchor]![pixel]!),
  );
}

/** What the anchors, three at most, count on a frame: as the inverse square of how far they are in phase and time. */
function weights(frame: number, anchors: readonly number[]): number[] {
  const parts = anchors.map((anchor) => 1 / course.distance(frame, anchor) ** 2);
  const whole = parts.reduce((sum, part) => sum + part, 0);
  return parts.map((part) => part / whole);
}

/** Log-odds of a frame that follows several anchors. */
function blended(frame: number, given: ReadonlyMap<number, Float32Array>, more = 0): Float64Array {
  const anchors = [...given.keys()];
  const shares = weights(frame, anchors);
  const maps = anchors.map((anchor) => expected(own, frame, anchor, given.get(anchor)!));
  // In float32 a probability near to 1 has coarse log-odds.
  const bounded = (odds: number): number => Math.min(14, Math.max(-14, odds));
  return Float64Array.from(own[frame]!, (_, pixel) =>
    maps.reduce((sum, map, index) => sum + shares[index]! * bounded(map[pixel]! + more), 0),
  );
}

function largestDifference(map: Float32Array, wanted: Float64Array): number {
  return map.reduce(
    (largest, value, pixel) => Math.max(largest, Math.abs(value - sigmoid(wanted[pixel]!))),
    0,
  );
}

/** Maps are kept with 16 bits. */
const rounding = 2e-4;
/** That, where log-odds are large. */
const coarse = 2e-3;

describe('a correction network', () => {
  it('moves the model’s own maps on both sides of what was given, the nearest frames before it first', async () => {
    const mask = square(sound.manifest.input, 12);
    const request = corrections(sound, new Map([[6, mask]]));
    const result = await service().correct(request);
    expect(request.frames).toEqual([5, 4, 3, 2, 1, 0, 7, 8, 9, 10, 11]);
    for (const [frame, map] of request.maps) {
      expect(largestDifference(map, expected(own, frame, 6, mask))).toBeLessThan(rounding);
      expect(request.follows.get(frame)).toEqual([6]);
    }
    // The model once over the clip; the network once to be given the mask, and once a frame.
    expect(result).toEqual({ provider: 'cpu', framesDone: 11, steps: 12 + 1 + 11 });
  });

  it('writes only what was given into its memory, each into an empty one, whatever the graph makes of other frames', async () => {
    const leaking = await model('leaking');
    const given = new Map([
      [2, square(sound.manifest.input, 8)],
      [9, square(sound.manifest.input, 20)],
    ]);
    const request = corrections(leaking, given);
    await service().correct(request);
    for (const frame of [0, 1, 5, 10, 11]) {
      // It writes one more than the difference, once.
      const wanted = blended(frame, given, correctionGain);
      expect(largestDifference(request.maps.get(frame)!, wanted)).toBeLessThan(coarse);
    }
  });

  it('blends log-odds of several anchors by phase and time, between them and beyond', async () => {
    const given = new Map([
      [3, square(sound.manifest.input, 8)],
      [7, square(sound.manifest.input, 20)],
      [8, square(sound.manifest.input, 12)],
    ]);
    const request = corrections(sound, given);
    const result = await service().correct(request);
    expect(request.frames).toEqual([6, 5, 4, 2, 1, 0, 9, 10, 11]);
    for (const frame of request.frames) {
      expect(largestDifference(request.maps.get(frame)!, blended(frame, given))).toBeLessThan(coarse);
      expect(request.follows.get(frame)).toEqual([3, 7, 8]);
    }
    // The model once; each anchor written once, and read for all other frames.
    expect(result.steps).toBe(12 + 3 * (1 + 9));
  });

  it('reads three anchors a frame at most, those from outside of the range too, and contours a frame alike in any range', async () => {
    const masks = [4, 8, 12, 16, 20].map((reach) => square(sound.manifest.input, reach));
    const given = new Map([9, 1, 3, 7, 11].map((frame, index) => [frame, masks[index]!]));
    const request = corrections(sound, given, { from: 4, to: 5 });
    const result = await service().correct(request);
    expect([...request.frames].sort()).toEqual([4, 5]);
    const read = [...request.follows.values()];
    for (const from of read) expect(from.length).toBeLessThanOrEqual(3);
    // The model as far as frame 11; each anchor that is read written once, and read once a frame.
    expect(result.steps).toBe(12 + new Set(read.flat()).size + read.flat().length);
    const whole = corrections(sound, given);
    await service().correct(whole);
    for (const frame of [4, 5]) expect(request.maps.get(frame)).toEqual(whole.maps.get(frame));
    for (const from of whole.follows.values()) expect(from.length).toBeLessThanOrEqual(3);
  });

  it('has a picture of another size than the model', async () => {
    const [width, height] = [32, 48];
    const other = await model('sound', { width, height });
    const size = other.manifest.input;
    const taps = (from: number, to: number) => resamplingTaps(from, 0, from, to);
    const small = own.map((map) =>
      resample(map, size.width, taps(size.height, height), taps(size.width, width)),
    );
    const mask = square({ width, height }, 8);
    const request = corrections(other, new Map([[4, mask]]), { from: 3, to: 6 });
    await service().correct(request);
    expect(request.frames).toEqual([3, 5, 6]);
    for (const [frame, map] of request.maps) {
      expect(map).toHaveLength(width * height);
      expect(largestDifference(map, expected(small, frame, 4, mask))).toBeLessThan(rounding);
    }
  });

  it.each(['warm', 'both-directions'] as const)(
    'moves what a run draws, also of a model that runs %s',
    async (passes) => {
      const loaded = { ...sound, manifest: { ...sound.manifest, passes, warmFrames: 6 } };
      const run = ringRequest(loaded, frames);
      const running = service();
      await running.run(run);
      // The last that was told of a frame is what counts.
      const drawn = range(0, frames).map((frame) => run.maps[run.frames.lastIndexOf(frame)]!);
      const mask = square(sound.manifest.input, 12);
      const request = corrections(loaded, new Map([[6, mask]]), { from: 5, to: 8 });
      await running.correct(request);
      for (const frame of [5, 7, 8]) {
        expect(largestDifference(request.maps.get(frame)!, expected(drawn, frame, 6, mask))).toBeLessThan(
          rounding,
        );
      }
    },
  );

  it('goes on from what a run has left behind, with the same results', async () => {
    const picturesKey = 'rings';
    const given = new Map([[9, square(sound.manifest.input, 12)]]);
    const running = service();
    await running.run(ringRequest(sound, frames, { picturesKey }));
    const request = corrections(sound, given, { from: 8, to: 11, picturesKey });
    // From the state after frame 7.
    expect((await running.correct(request)).steps).toBe(4 + 1 + 3);
    const anew = corrections(sound, given, { from: 8, to: 11 });
    expect((await service().correct(anew)).steps).toBe(12 + 1 + 3);
    expect(request.maps).toEqual(anew.maps);
    // A run afterwards is what it was: nothing was given to the model.
    const after = ringRequest(sound, frames, { picturesKey });
    await running.run(after);
    expect(after.maps).toEqual(own);
  });

  it('leaves out frames without a picture and with numbers that are none; anchors among them carry nothing', async () => {
    const given = new Map([2, 6, 9].map((frame) => [frame, square(sound.manifest.input, 12)]));
    const request = corrections(sound, given, {
      from: 3,
      to: 11,
      input: async (frame) => {
        if (frame === 4 || frame === 9) return null;
        const image = beatingRing(sound.manifest, frame);
        return frame === 5 ? image.fill(Number.NaN) : image;
      },
    });
    await service().correct(request);
    expect(request.unsegmented).toEqual(['4 no-picture', '5 not-finite']);
    expect(request.frames).toEqual([3, 7, 8, 10, 11]);
    expect(request.follows.get(8)).toEqual([2, 6]);
    const none = corrections(sound, new Map([[4, given.get(2)!]]), { input: async () => null });
    expect(await service().correct(none)).toMatchObject({ framesDone: 0 });
    expect(none.frames).toEqual([]);
  });

  it('costs one frame where its own numbers are none', async () => {
    const request = corrections(sound, new Map([[2, square(sound.manifest.input, 12)]]), {
      correctionInput: async (frame) => {
        const image = beatingRing(sound.manifest, frame);
        return frame === 5 ? image.fill(Number.NaN) : image;
      },
    });
    await service().correct(request);
    expect(request.unsegmented).toEqual(['5 not-finite']);
    const clean = corrections(sound, request.given);
    await service().correct(clean);
    for (const frame of [0, 4, 6, 11]) expect(request.maps.get(frame)).toEqual(clean.maps.get(frame));
  });

  it('refuses masks that are none, and ranges whose maps would not fit', async () => {
    const running = service();
    for (const mask of [new Float32Array(7), square(sound.manifest.input, 4).fill(2)]) {
      await expect(running.correct(corrections(sound, new Map([[2, mask]])))).rejects.toMatchObject({
        code: 'inference-failed',
        message: expect.stringContaining('frame 3'),
      });
    }
    const long = corrections(sound, new Map([[2, square(sound.manifest.input, 12)]]), {
      frameCount: 40_000,
      to: 39_999,
    });
    await expect(running.correct(long)).rejects.toMatchObject({
      code: 'inference-failed',
      file: 'ring.dcm',
      message: expect.stringContaining('shorter range'),
    });
  });
});

describe('a process that is lost while corrections are carried', () => {
  const given = () =>
    new Map([
      [4, square(sound.manifest.input, 8)],
      [7, square(sound.manifest.input, 20)],
      [8, square(sound.manifest.input, 12)],
    ]);
  let undisturbed: CorrectionRequest & Told;
  let steps = 0;
  beforeAll(async () => {
    undisturbed = corrections(sound, given());
    const running = service();
    ({ steps } = await running.correct(undisturbed));
    await running.close();
    // The model; three anchors; nine frames that read all of them.
    expect(steps).toBe(12 + 3 * (1 + 9));
  });

  it.each(range(0, 42).filter((step) => step % 3 === 0))('at step %i costs nothing', async (fatalStep) => {
    const running = service({ checkpointEvery: 3 });
    const done: number[] = [];
    const disturbed = corrections(sound, given(), {
      onStep: (step) => {
        done.push(step);
        if (step - 1 === fatalStep) process.kill(running.childProcessId!, 'SIGKILL');
      },
    });
    await running.correct(disturbed);
    expect(done).toEqual(range(1, steps + 1));
    expect(disturbed.frames).toEqual(undisturbed.frames);
    expect(disturbed.maps).toEqual(undisturbed.maps);
  });

  it('by standing still is replaced too', async () => {
    const running = service({ limits: { frameMs: 1000, frameFactor: 1 } });
    let stopped = false;
    const disturbed = corrections(sound, given(), {
      onStep: (step) => {
        if (step !== 16 || stopped) return;
        stopped = true;
        process.kill(running.childProcessId!, 'SIGSTOP');
      },
    });
    await running.correct(disturbed);
    expect(stopped).toBe(true);
    expect(disturbed.maps).toEqual(undisturbed.maps);
  });

  it('is left usable when it is called off, whether the model runs or the network', async () => {
    const running = service();
    for (const last of [3, 14, 20]) {
      const controller = new AbortController();
      const request = corrections(sound, given(), {
        signal: controller.signal,
        onStep: (step) => {
          if (step === last) controller.abort();
        },
      });
      await expect(running.correct(request)).rejects.toMatchObject({ code: 'cancelled' });
    }
    const next = corrections(sound, given());
    await running.correct(next);
    expect(next.maps).toEqual(undisturbed.maps);
  });
});

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
      const given = new Map([[4, square(sound.manifest.input, 8)]]);
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
      expect(run.maps).toEqual(own);
    },
  );

  it('makes numbers that are none of what was given: the frame is named', async () => {
    const poisoned = await model('poisoned');
    const request = corrections(poisoned, new Map([[4, square(sound.manifest.input, 8)]]));
    await expect(service().correct(request)).rejects.toMatchObject({
      code: 'inference-failed',
      file: 'ring.dcm',
      message: expect.stringMatching(/network that carries corrections failed at frame 5: .*not numbers/),
    });
    expect(request.frames).toEqual([]);
  });
});
