import { fileURLToPath } from 'node:url';
import { InferenceService } from '../../main/inference/inference-service.ts';
import { modelThreads } from '../../main/inference/processor-cores.ts';
import { ModelRegistry, type LoadedModel } from '../../main/models/registry.ts';
import { peakMegabytes, runClip, type ClipTiming } from './inference-clip.ts';
import { matrixProduct, matrixSize } from './matrix-product.ts';
import { baseModelFolder, eagerMsPerFrame, pythonHint } from './pytorch.ts';
import { notMeasured, quantile, type BenchResult } from './result.ts';

const shippedModels = fileURLToPath(new URL('../../models/shipped', import.meta.url));
const baseName = 'inference, base model with golden weights';
const shareTarget = 0.85;
const eagerTarget = 1.7;
const memoryTargetMegabytes = 20;
/** What the fast model is to keep up with on two processor cores. */
const fastFramesPerSecond = 25;
/** Model and matrix product take turns this many times, so that both see the same load of the machine. */
const rounds = 5;
const framesPerRound = 16;
const productsPerRound = 8;

/** Speed of inference beside what the machine can do and beside PyTorch, and its memory over a long loop. */
export async function runInferenceBench(): Promise<BenchResult[]> {
  const registry = new ModelRegistry([shippedModels]);
  const results: BenchResult[] = [];
  for (const { name } of await registry.list()) {
    const model = await registry.load(name);
    const { lines } = await speedOf(model, `inference, ${name}`, null);
    results.push(...lines, ...(await memory(model)));
  }
  const folder = await baseModelFolder();
  if (folder === null) {
    return [
      ...results,
      notMeasured(`${baseName}: share of the matrix product`, `≥ ${shareTarget * 100} %`, pythonHint),
      notMeasured(`${baseName}: beside PyTorch eager`, `≥ ${eagerTarget} times`, pythonHint),
    ];
  }
  const golden = new ModelRegistry([folder]);
  const base = (await golden.list()).find(({ folder: at }) => at.endsWith('golden-base'));
  const model = await golden.load(base?.name ?? null);
  const { lines, modelMs, threads } = await speedOf(model, baseName, shareTarget);
  return [...results, ...lines, await besideEager(modelMs, threads), ...(await memory(model))];
}

/** ms a frame, and the share of a large matrix product's speed, which `leastShare` is the target of. */
async function speedOf(
  model: LoadedModel,
  name: string,
  leastShare: number | null,
): Promise<{ lines: BenchResult[]; modelMs: number; threads: number }> {
  const threads = modelThreads() || 1;
  const service = new InferenceService({ threads });
  const product = await matrixProduct(threads);
  const timings: ClipTiming[] = [];
  const products: number[] = [];
  try {
    await runClip(service, model, 4);
    for (let round = 0; round < rounds; round += 1) {
      timings.push(await runClip(service, model, framesPerRound));
      products.push(await product.measure(productsPerRound));
    }
  } finally {
    await product.close();
    await service.close();
  }
  const median = (values: readonly number[]) => quantile(values, 0.5);
  const modelMs = median(timings.map((timing) => timing.modelMs));
  const wallMs = median(timings.map((timing) => timing.wallMs));
  const productSpeed = median(products);
  const share = gigaflops(model, modelMs) / productSpeed;
  const lines = [
    speedLine(name, model, { modelMs, wallMs }),
    {
      name: `${name}: share of the matrix product`,
      target: leastShare === null ? '' : `≥ ${leastShare * 100} %`,
      measured: `${(100 * share).toFixed(0)} % of ${productSpeed.toFixed(0)} GFLOP/s (${matrixSize}³, ${threads} threads)`,
      met: leastShare === null ? null : share >= leastShare,
    },
  ];
  return { lines, modelMs, threads };
}

async function besideEager(modelMs: number, threads: number): Promise<BenchResult> {
  const name = `${baseName}: beside PyTorch eager`;
  const target = `≥ ${eagerTarget} times`;
  try {
    const eagerMs = await eagerMsPerFrame(threads);
    const times = eagerMs / modelMs;
    const measured = `${times.toFixed(2)} times as fast (eager ${eagerMs.toFixed(1)} ms a frame)`;
    return { name, target, measured, met: times >= eagerTarget };
  } catch (error) {
    return notMeasured(name, target, error instanceof Error ? error.message : String(error));
  }
}

async function memory(model: LoadedModel): Promise<BenchResult[]> {
  const name = `peak memory of the inference process, ${model.manifest.name}: 600 frames over 60`;
  const target = `≤ ${memoryTargetMegabytes} MB`;
  const short = await peakMegabytes(model, 60);
  const long = await peakMegabytes(model, 600);
  if (short === null || long === null) return [notMeasured(name, target, 'only Linux tells')];
  const more = long - short;
  const measured = `${more.toFixed(1)} MB (${short.toFixed(0)} → ${long.toFixed(0)})`;
  return [{ name, target, measured, met: more <= memoryTargetMegabytes }];
}

function speedLine(name: string, model: LoadedModel, { modelMs, wallMs }: ClipTiming): BenchResult {
  const { width, height } = model.manifest.input;
  const speed = gigaflops(model, modelMs);
  const limitMs = model.manifest.role === 'fast' ? 1000 / fastFramesPerSecond : null;
  return {
    name: `${name}, ${height}×${width}`,
    target: limitMs === null ? '' : `≤ ${limitMs} ms a frame`,
    measured: `${modelMs.toFixed(1)} ms a frame, ${speed.toFixed(0)} GFLOP/s; ${wallMs.toFixed(1)} ms with transfers`,
    met: limitMs === null ? null : wallMs <= limitMs,
  };
}

function gigaflops(model: LoadedModel, ms: number): number {
  return (2 * model.manifest.multiplyAddsPerFrame) / (ms * 1e6);
}
