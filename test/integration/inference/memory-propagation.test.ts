import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FramePixels } from '../../../core/clip/clip.ts';
import { SystolaError } from '../../../core/error.ts';
import { polygonArea } from '../../../core/geometry/polygon.ts';
import type { ConfidenceModel } from '../../../core/model/confidence.ts';
import { tracePolyline } from '../../../core/trace/spline.ts';
import type { Trace } from '../../../core/trace/trace.ts';
import { analyseClip } from '../../../main/analysis/analyse-clip.ts';
import {
  propagateThroughMemory,
  type MemoryPropagationRequest,
} from '../../../main/analysis/propagate-through-memory.ts';
import { InferenceService, type PropagationRequest } from '../../../main/inference/inference-service.ts';
import type { LoadedModel } from '../../../main/inference/loaded-model.ts';
import { ModelRegistry } from '../../../main/models/registry.ts';
import { addCorrection } from '../../fixtures/models/correction.ts';
import { clipFacts, evenTiming, halfEllipse, traceOf } from '../../unit/core/shapes.ts';
import { builtModel } from './built-model.ts';

const size = 128;
const frames = 9;
const facts = clipFacts({ rows: size, columns: size, frames, timing: evenTiming(frames), regions: [] });

/** A bright cavity that gets smaller and larger, in speckle. */
async function picture(frame: number): Promise<FramePixels> {
  const data = new Uint8Array(size * size);
  const beat = 1 - 0.1 * Math.sin((2 * Math.PI * frame) / frames);
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      const away = Math.hypot((x - 64) / 22, (y - 64) / 38) / beat;
      const speckle = 12 + (((x * 31 + y * 17 + frame * 7) * 2_654_435_761) % 23);
      data[y * size + x] = away < 1 ? 250 : Math.abs(speckle);
    }
  }
  return { rows: size, columns: size, channels: 1, data };
}

let model: LoadedModel;
let remove: () => Promise<void>;
const service = new InferenceService({ threads: 1, checkpointEvery: 4 });

beforeAll(async () => {
  const built = await builtModel('heeds-mask', (manifest) => {
    manifest.input.geometry = 'frame';
    // A pixel counts that is in the picture of this frame, or was in the mask of the one before.
    manifest.threshold = 0.4;
    manifest.propagation = 'memory';
  });
  ({ remove } = built);
  model = await built.registry.load(null);
});
afterAll(async () => {
  await service.close();
  await remove();
});

const base = () => ({
  facts,
  ruler: null,
  picture: null,
  fileSha256: 'a'.repeat(64),
  frame: picture,
  inference: service,
  model,
  provider: 'cpu' as const,
  signal: new AbortController().signal,
});

interface Carried {
  readonly traces: ReadonlyMap<number, Trace | null>;
  readonly order: readonly number[];
  readonly progress: readonly number[];
}

const unknownAreas = new Array<null>(frames).fill(null);

async function carried(
  anchors: ReadonlyMap<number, Trace>,
  more: Partial<MemoryPropagationRequest> = {},
): Promise<Carried> {
  const order: number[] = [];
  const progress: number[] = [];
  const traces = await propagateThroughMemory({
    ...base(),
    anchors,
    areas: unknownAreas,
    range: { from: 0, to: frames - 1 },
    ...more,
    onTrace: (frame, trace) => {
      order.push(frame);
      more.onTrace?.(frame, trace);
    },
    onProgress: (share) => progress.push(share),
  });
  return { traces, order, progress };
}

const area = (trace: Trace | null | undefined): number => Math.abs(polygonArea(tracePolyline(trace!)));

/** Wider than the cavity ever is, and as long; about its middle. */
const wide = (): Trace => traceOf(halfEllipse(70, 78, [64, 102]));
const narrow = (): Trace => traceOf(halfEllipse(24, 60, [64, 94]));

describe('a corrected contour carried through the memory', () => {
  it('shows in the frames on both sides, and no longer where the model has forgotten it', async () => {
    const asWide = await carried(new Map([[4, wide()]]));
    const asNarrow = await carried(new Map([[4, narrow()]]));
    expect([...asWide.traces.keys()]).toEqual([0, 1, 2, 3, 5, 6, 7, 8]);
    expect(asWide.order).toEqual([5, 6, 7, 8, 3, 2, 1, 0]);
    expect(asWide.progress.at(-1)).toBe(1);
    for (const beside of [3, 5]) {
      // What was in the mask or is in the picture.
      expect(area(asWide.traces.get(beside))).toBeGreaterThan(0.9 * area(wide()));
      expect(area(asNarrow.traces.get(beside))).toBeLessThan(0.7 * area(wide()));
    }
    for (const further of [0, 1, 7, 8]) {
      const difference = area(asWide.traces.get(further)) - area(asNarrow.traces.get(further));
      expect(Math.abs(difference)).toBeLessThan(0.05 * area(wide()));
    }
  });

  it('says which corrections each contour follows, through what and of which model', async () => {
    const anchors = new Map([
      [6, wide()],
      [2, wide()],
    ]);
    const { traces } = await carried(anchors, { range: { from: 1, to: 7 } });
    expect([...traces.keys()]).toEqual([1, 3, 4, 5, 7]);
    const { name, graph } = model.manifest;
    expect(traces.get(1)?.source).toEqual({
      kind: 'propagated',
      from: [2],
      way: 'memory',
      model: name,
      sha256: graph.sha256,
    });
    expect(traces.get(4)?.source).toMatchObject({ from: [2, 6] });
    expect(traces.get(7)?.source).toMatchObject({ from: [6] });
    for (const frame of [3, 5]) expect(area(traces.get(frame))).toBeGreaterThan(0.8 * area(wide()));
  });

  it('is judged by the calibration of corrected maps where the manifest has one, else by the model’s', async () => {
    const calibration = (limit: number): ConfidenceModel => ({
      features: ['peak'],
      weights: [0],
      bias: 0,
      limit,
      calibration: {
        dataset: 'made up',
        frames: 1,
        badDice: 0.85,
        auc: 0.5,
        flaggedShare: 0,
        flaggedMeanDice: null,
        unflaggedMeanDice: null,
      },
    });
    const limits: (number | undefined)[] = [];
    for (const own of [undefined, calibration(0.75)]) {
      const built = await builtModel('heeds-mask', (manifest) => {
        manifest.input.geometry = 'frame';
        manifest.confidence = calibration(0.25);
      });
      try {
        addCorrection(join(built.folder, 'micro'), 'sound', {
          manifest: (correction) => Object.assign(correction, own === undefined ? {} : { confidence: own }),
        });
        const loaded = await built.registry.load(null);
        const { traces } = await carried(new Map([[4, wide()]]), { model: loaded });
        const { source, confidence } = traces.get(5)!;
        expect(confidence).toBeCloseTo(0.5);
        limits.push(source.kind === 'propagated' ? source.leastConfidence : undefined);
      } finally {
        await built.remove();
      }
    }
    expect(limits).toEqual([0.25, 0.75]);
  });

  it('is the same from states that a run left behind as from the start of the clip', async () => {
    const anchors = new Map([[5, wide()]]);
    await analyseClip({
      ...base(),
      from: 0,
      to: frames - 1,
      onState: () => undefined,
      onTrace: () => undefined,
      onProgress: () => undefined,
    });
    const steps = new Set<string>();
    const inference = {
      correct: service.correct.bind(service),
      propagate: async (request: PropagationRequest) => {
        const result = await service.propagate(request);
        steps.add(`${request.picturesKey === undefined ? 'from the start' : 'from states'}: ${result.steps}`);
        return result;
      },
    };
    const range = { from: 6, to: 8 };
    const kept = await carried(anchors, { inference, range });
    const { fileSha256: _, ...withoutKey } = base();
    const anew = await propagateThroughMemory({
      ...withoutKey,
      inference,
      anchors,
      areas: unknownAreas,
      range,
      onTrace: () => undefined,
    });
    expect([...steps]).toEqual(['from states: 5', 'from the start: 9']);
    expect(kept.traces).toEqual(anew);
  });

  it('leaves out frames without a picture, and a clip that stands still', async () => {
    const { traces } = await carried(new Map([[4, wide()]]), {
      frame: async (frame) => {
        if (frame === 6) throw new SystolaError('decode-failed', 'The data are damaged.', facts.fileName);
        return picture(frame);
      },
    });
    expect(traces.get(6)).toBeNull();
    expect(traces.get(7)).not.toBeNull();
    const still = await carried(new Map([[4, wide()]]), { frame: () => picture(0) });
    expect(still.traces.size).toBe(0);
  });

  it('is called off like a run', async () => {
    const controller = new AbortController();
    const called = carried(new Map([[4, wide()]]), {
      signal: controller.signal,
      onTrace: () => controller.abort(),
    });
    await expect(called).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('carries what was given through the network of the model that ships for processors, over all of the clip', async () => {
    const shipped = fileURLToPath(new URL('../../../models/shipped', import.meta.url));
    const fast = await new ModelRegistry([shipped]).load('gdkvm-small-camus');
    expect(fast.manifest).toMatchObject({ propagation: 'memory', correction: { reach: 'clip' } });
    const areas = async (anchor: Trace): Promise<number[]> => {
      const range = { from: 0, to: frames - 1 };
      const { traces } = await carried(new Map([[4, anchor]]), { model: fast, range });
      return [...traces.values()].map((trace) => (trace === null ? 0 : area(trace)));
    };
    const [first, second] = [await areas(wide()), await areas(narrow())];
    expect(first).toHaveLength(frames - 1);
    const given = area(wide()) - area(narrow());
    for (const [index, found] of first.entries()) {
      // Of the area by which the contours differ; the picture is a drawing, and no heart.
      expect((found - second[index]!) / given).toBeGreaterThan(0.2);
    }
  });
});
