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
/** Model and matrix product take turns this many times, so that both see the same load of the machine. */
const rounds = 5;
const framesPerRound = 16;
const productsPerRound = 8;

/** Speed of inference beside what the machine can do and beside PyTorch, and its memory over a long loop. */
export async function runInferenceBench(): Promise<BenchResult[]> {
  const shipped = await new ModelRegistry([shippedModels]).load(null);
  const results = [...(await shippedSpeed(shipped)), ...(await memory(shipped))];
  const folder = await baseModelFolder();
  if (folder === null) {
    return [
      ...results,
      notMeasured(`${baseName}: share of the matrix product`, `≥ ${shareTarget * 100} %`, pythonHint),
      notMeasured(`${baseName}: beside PyTorch eager`, `≥ ${eagerTarget} times`, pythonHint),
    ];
  }
  const registry = new ModelRegistry([folder]);
  const base = (await registry.list()).find(({ folder: at }) => at.endsWith('golden-base'));
  const model = await registry.load(base?.name ?? null);
  return [...results, ...(await baseSpeed(model)), ...(await memory(model))];
}

async function shippedSpeed(model: LoadedModel): Promise<BenchResult[]> {
  const service = new InferenceService();
  try {
    await runClip(service, model, 4);
    const timing = await runClip(service, model, 64);
    return [speedLine(`inference, shipped model ${model.manifest.name}`, model, timing)];
  } finally {
    await service.close();
  }
}

async function baseSpeed(model: LoadedModel): Promise<BenchResult[]> {
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
  const timing: ClipTiming = {
    modelMs: quantile(
      timings.map(({ modelMs }) => modelMs),
      0.5,
    ),
    wallMs: quantile(
      timings.map(({ wallMs }) => wallMs),
      0.5,
    ),
  };
  const productSpeed = quantile(products, 0.5);
  const share = gigaflops(model, timing.modelMs) / productSpeed;
  return [
    speedLine(baseName, model, timing),
    {
      name: `${baseName}: share of the matrix product`,
      target: `≥ ${shareTarget * 100} %`,
      measured: `${(100 * share).toFixed(0)} % of ${productSpeed.toFixed(0)} GFLOP/s (${matrixSize}³, ${threads} threads)`,
      met: share >= shareTarget,
    },
    await besideEager(timing.modelMs, threads),
  ];
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
  return {
    name: `${name}, ${height}×${width}`,
    target: '',
    measured: `${modelMs.toFixed(1)} ms a frame, ${speed.toFixed(0)} GFLOP/s; ${wallMs.toFixed(1)} ms with transfers`,
    met: null,
  };
}

function gigaflops(model: LoadedModel, ms: number): number {
  return (2 * model.manifest.multiplyAddsPerFrame) / (ms * 1e6);
}
