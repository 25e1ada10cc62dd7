import { join } from 'node:path';
import { afterAll, afterEach, beforeAll } from 'vitest';
import type { ModelManifest } from '../../../core/model/manifest.ts';
import { ClipCourse } from '../../../core/propagation/clip-course.ts';
import {
  InferenceService,
  type CorrectionRequest,
  type InferenceOptions,
} from '../../../main/inference/inference-service.ts';
import type { LoadedModel } from '../../../main/models/registry.ts';
import {
  addCorrection,
  type CorrectionChange,
  type CorrectionKind,
} from '../../fixtures/models/correction.ts';
import { beatingRing, copyOfMicroModel, ringRequest } from './micro-clip.ts';
import { range } from './recurrence.ts';

/** Frames of the clip on which corrections are carried. */
export const frames = 12;
/** Frames are not evenly spaced, as in a file that says so. */
const timesMs = range(0, frames).map((frame) => 30 * frame + (frame > 5 ? 60 : 0));
/** Two beats; the area of the fifth frame is not known. */
const areas = range(0, frames).map((frame) =>
  frame === 4 ? null : 100 + 40 * Math.cos((frame * Math.PI) / 3),
);
export const course = new ClipCourse(areas, timesMs);

/** Models with a correction network of their own, and services that carry corrections; all gone after the tests. */
export function correcting() {
  const removals: (() => Promise<void>)[] = [];
  const services: InferenceService[] = [];
  let sound: LoadedModel;
  let own: readonly Float32Array[];

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

  return {
    service,
    model,
    get sound() {
      return sound;
    },
    /** What a run of the sound model draws. */
    get own() {
      return own;
    },
  };
}

/** A bright square in the middle, as large as the correction network's picture asks for. */
export function square(
  { width, height }: { readonly width: number; readonly height: number },
  reach: number,
): Float32Array {
  const mask = new Float32Array(width * height);
  for (let y = height / 2 - reach; y < height / 2 + reach; y += 1) {
    mask.fill(1, y * width + width / 2 - reach, y * width + width / 2 + reach);
  }
  return mask;
}

/** What a service told of a request. */
export interface Told {
  readonly frames: number[];
  readonly maps: Map<number, Float32Array>;
  readonly follows: Map<number, readonly number[]>;
  readonly unsegmented: string[];
}

/** Carries corrections over the whole of the clip, unless told otherwise. */
export function corrections(
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
