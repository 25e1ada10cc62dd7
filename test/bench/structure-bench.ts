import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Point } from '../../core/geometry/point.ts';
import type { ModelManifest } from '../../core/model/manifest.ts';
import { inputTransform } from '../../core/sector/input-transform.ts';
import { atriumFromMap } from '../../core/trace/atrium-from-map.ts';
import { traceFromProbability } from '../../core/trace/from-probability.ts';
import { wallFromMap } from '../../core/trace/wall-from-map.ts';
import { InferenceService } from '../../main/inference/inference-service.ts';
import { ModelRegistry, type LoadedModel } from '../../main/models/registry.ts';
import { threeStructuresFolder } from '../fixtures/models/three-structures.ts';
import { inEllipse, softMap } from '../unit/core/structure-maps.ts';
import { quantile, type BenchResult } from './result.ts';

/** Side of the model's picture: that of the accurate model, the larger one. */
const side = 224;
const image = { rows: 800, columns: 1000 } as const;
const rounds = 120;
const carriedFrames = 200;
const turns = 4;
const tracingTargetMs = 1;

const median = (values: readonly number[]) => quantile(values.slice(values.length >> 2), 0.5);

/** What wall and atrium add to a frame: tracing them beside the cavity, and carrying their maps from process to process. */
export async function runStructureBench(): Promise<BenchResult[]> {
  const { cavity, besides } = tracing();
  const [alone, all] = await carrying();
  return [
    {
      name: `the cavity of a ${image.columns}×${image.rows} frame, traced from a map of ${side}²`,
      target: '',
      measured: `${cavity.toFixed(2)} ms`,
      met: null,
    },
    {
      name: 'wall and atrium beside it',
      target: `≤ ${tracingTargetMs} ms`,
      measured: `${besides.toFixed(2)} ms`,
      met: besides <= tracingTargetMs,
    },
    {
      name: `a frame through the inference process, its map of ${side}² alone, and three`,
      target: '',
      measured: `${alone.toFixed(2)} ms, ${all.toFixed(2)} ms`,
      met: null,
    },
  ];
}

function tracing(): { readonly cavity: number; readonly besides: number } {
  const place = (rounding: number) => {
    const base: Point = [112, 135 + rounding];
    const within = (point: Point, [across, up]: Point): number =>
      Math.min(base[1] - point[1], inEllipse(point, base, [across, up]));
    return {
      inner: softMap(side, side, (point) => within(point, [32, 100])),
      outer: softMap(side, side, (point) => within(point, [44, 112])),
      below: softMap(side, side, (point) =>
        Math.min(point[1] - base[1], inEllipse(point, [base[0], base[1] + 26], [38, 36])),
      ),
    };
  };
  const maps = Array.from({ length: 8 }, (_, index) => place(index / 4));
  const input: ModelManifest['input'] = {
    width: side,
    height: side,
    channels: 1,
    range: [0, 1],
    geometry: 'frame',
    orientation: 'upright',
    resize: 'bilinear-antialias',
    marginFraction: 0,
  };
  const box = { minX: 0, minY: 0, maxX: image.columns - 1, maxY: image.rows - 1 };
  const transform = inputTransform(input, { box, source: 'frame' }, image.rows, image.columns);
  const inImage = { rows: side, columns: side, ...transform };
  const options = { threshold: 0.5, source: { kind: 'model', model: 'bench', sha256: '' } } as const;
  const [cavities, others]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    const { inner, outer, below } = maps[round % maps.length]!;
    const begun = performance.now();
    const { trace } = traceFromProbability(transform.toImage(inner), image.rows, image.columns, options);
    const traced = performance.now();
    if (trace === null) throw new Error('the bench has no cavity');
    const drawn = [
      wallFromMap(outer, inImage, trace, options),
      atriumFromMap(below, inImage, trace, options),
    ];
    others.push(performance.now() - traced);
    cavities.push(traced - begun);
    if (drawn.includes(null)) throw new Error('the bench has no wall or no atrium');
  }
  return { cavity: median(cavities), besides: median(others) };
}

/** ms a frame of a graph that takes next to no time itself. */
async function carrying(): Promise<readonly [alone: number, all: number]> {
  const folder = mkdtempSync(join(tmpdir(), 'systola-bench-structures-'));
  try {
    threeStructuresFolder(join(folder, 'three'), { side });
    threeStructuresFolder(join(folder, 'one'), {
      side,
      manifest: (one) => {
        one.structures = ['lv-cavity'];
        delete one.graph.outputs.structures;
      },
    });
    const [one, three] = await Promise.all(
      ['one', 'three'].map((name) => new ModelRegistry([join(folder, name)]).load(null)),
    );
    // In turn, so that both see the same load of the machine; the least of some runs is the least disturbed.
    let least: [number, number] = [Infinity, Infinity];
    for (let turn = 0; turn < turns; turn += 1) {
      least = [Math.min(least[0], await msPerFrame(one!)), Math.min(least[1], await msPerFrame(three!))];
    }
    return least;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function msPerFrame(model: LoadedModel): Promise<number> {
  const { width, height } = model.manifest.input;
  const picture = Float32Array.from({ length: width * height }, (_, index) => (index % 97) / 97);
  const service = new InferenceService({ threads: 1 });
  const times: number[] = [];
  let last = performance.now();
  try {
    await service.run({
      model,
      provider: 'cpu',
      frameCount: carriedFrames,
      input: async () => picture,
      onProbability: () => {
        times.push(performance.now() - last);
        last = performance.now();
      },
      signal: new AbortController().signal,
    });
  } finally {
    await service.close();
  }
  return median(times);
}
