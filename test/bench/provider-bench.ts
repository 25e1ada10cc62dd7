/*
 * `npm run bench:provider -- [--provider webgpu] [--frames 200] <model folder> ...`: how fast a model runs on an
 * execution provider of this machine, and how far its numbers are from those of the CPU. Prints one JSON object per
 * model; exit code 1 when one does not run.
 */
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { InferenceService } from '../../main/inference/inference-service.ts';
import { describeModel } from '../../main/inference/describe-model.ts';
import { modelThreads } from '../../main/inference/processor-cores.ts';
import { executionProviders, type ExecutionProvider } from '../../main/inference/protocol.ts';
import { createSession, type StepSession } from '../../main/inference/step-session.ts';
import { readModelFolder } from '../../main/models/model-folder.ts';
import type { LoadedModel } from '../../main/models/registry.ts';
import { beatingRing } from '../integration/inference/micro-clip.ts';
import { runClip } from './inference-clip.ts';
import { quantile } from './result.ts';

const warmUpFrames = 10;
const comparedFrames = 20;
const period = 12;

/** Of a model on a provider. Times without the frames that warm up. */
interface Measured {
  readonly provider: ExecutionProvider;
  readonly model: string;
  /** Height × width of a frame. */
  readonly input: string;
  readonly frames: number;
  readonly threads: number;
  /** From the file's bytes to a session, ms. */
  readonly loadMs: number;
  readonly firstFrameMs: number;
  /** Time of a frame in the session, median, ms. */
  readonly msPerFrame: number;
  /** Below this are 95 % of the frames. */
  readonly msPerFrame95: number;
  readonly framesPerSecond: number;
  /** Time of a frame where several are read back together, ms; null where none are. */
  readonly togetherMsPerFrame: number | null;
  /** Time of a frame through the inference process, transfers and checkpoints included, ms. */
  readonly serviceMsPerFrame: number;
  /** Whether the recurrent state lies in GPU buffers between frames. */
  readonly stateOnDevice: boolean;
  /** Of the probability maps to those of the CPU over the first frames; null for the CPU itself. */
  readonly largestDifferenceFromCpu: number | null;
  /** Of the pixels of these frames, the part at or above the manifest's threshold. */
  readonly foreground: number;
}

process.exitCode = await main();

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      provider: { type: 'string', default: 'cpu' },
      frames: { type: 'string', default: '200' },
    },
  });
  const provider = executionProviders.find((name) => name === values.provider);
  const frames = Number(values.frames);
  if (provider === undefined || !Number.isInteger(frames) || frames < 1 || positionals.length === 0) {
    console.error(
      `Usage: npm run bench:provider -- [--provider ${executionProviders.join('|')}] [--frames 200] <model folder> ...`,
    );
    return 64;
  }
  let failed = false;
  for (const folder of positionals) {
    try {
      console.log(JSON.stringify(await measure(folder, provider, frames)));
    } catch (error) {
      failed = true;
      const reason = error instanceof Error ? error.message : String(error);
      console.log(JSON.stringify({ provider, model: folder, failed: reason }));
    }
  }
  return failed ? 1 : 0;
}

async function measure(folder: string, provider: ExecutionProvider, frames: number): Promise<Measured> {
  const model = await readModelFolder(folder);
  const { manifest } = model;
  const pictures = Array.from({ length: period }, (_, frame) => beatingRing(manifest, frame));
  const threads = modelThreads();
  const found = await stepFrames(model, provider, threads, pictures, warmUpFrames + frames);
  const warm = found.ms.slice(warmUpFrames);
  const onCpu =
    provider === 'cpu' ? null : await stepFrames(model, 'cpu', threads, pictures, found.maps.length);
  const msPerFrame = quantile(warm, 0.5);
  console.error(`${folder} on ${provider}: ${round(msPerFrame)} ms a frame; now in a process of its own ...`);
  return {
    provider,
    model: folder,
    input: `${manifest.input.height}×${manifest.input.width}`,
    frames,
    threads,
    loadMs: round(found.loadMs),
    firstFrameMs: round(found.ms[0]!),
    msPerFrame: round(msPerFrame),
    msPerFrame95: round(quantile(warm, 0.95)),
    framesPerSecond: round(1000 / msPerFrame),
    togetherMsPerFrame: found.togetherMs === null ? null : round(found.togetherMs),
    serviceMsPerFrame: round(await throughService(model, provider, frames)),
    stateOnDevice: found.stateOnDevice,
    largestDifferenceFromCpu: onCpu === null ? null : largestDifference(found.maps, onCpu.maps),
    foreground: round(partAbove(found.maps, manifest.threshold)),
  };
}

interface Steps {
  readonly loadMs: number;
  /** Of each frame. */
  readonly ms: readonly number[];
  /** Of the first frames. */
  readonly maps: readonly Float32Array[];
  readonly stateOnDevice: boolean;
  readonly togetherMs: number | null;
}

/** Steps a session of this process over one clip. */
async function stepFrames(
  model: LoadedModel,
  provider: ExecutionProvider,
  threads: number,
  pictures: readonly Float32Array[],
  frames: number,
): Promise<Steps> {
  const bytes = await readFile(model.graphPath);
  const begun = performance.now();
  const session = await createSession(bytes, describeModel(model), provider, threads);
  const loadMs = performance.now() - begun;
  try {
    session.begin(null);
    const ms: number[] = [];
    const maps: Float32Array[] = [];
    for (let frame = 0; frame < frames; frame += 1) {
      const started = performance.now();
      const image = pictures[frame % pictures.length]!;
      const { probability } = await session.step({ image, found: null, mask: null }, false);
      ms.push(performance.now() - started);
      if (frame < comparedFrames) maps.push(probability.slice());
    }
    const { stateOnDevice } = session;
    return { loadMs, ms, maps, stateOnDevice, togetherMs: await timeTogether(session, pictures, frames) };
  } finally {
    await session.close();
  }
}

/** Median over groups of frames that are read back together, ms a frame. */
async function timeTogether(
  session: StepSession,
  pictures: readonly Float32Array[],
  frames: number,
): Promise<number | null> {
  const { mostAtOnce } = session;
  if (mostAtOnce === 1) return null;
  const ms: number[] = [];
  for (let frame = 0; frame < frames; frame += mostAtOnce) {
    const group = Array.from({ length: mostAtOnce }, (_, at) => pictures[(frame + at) % pictures.length]!);
    const started = performance.now();
    await session.steps(group, false);
    ms.push((performance.now() - started) / mostAtOnce);
  }
  return quantile(ms, 0.5);
}

/** As the application runs it: in a process of its own. */
async function throughService(
  model: LoadedModel,
  provider: ExecutionProvider,
  frames: number,
): Promise<number> {
  const service = new InferenceService();
  try {
    await runClip(service, model, warmUpFrames, { provider });
    return (await runClip(service, model, frames, { provider })).wallMs;
  } finally {
    await service.close();
  }
}

function largestDifference(a: readonly Float32Array[], b: readonly Float32Array[]): number {
  let largest = 0;
  a.forEach((map, frame) =>
    map.forEach((value, index) => (largest = Math.max(largest, Math.abs(value - b[frame]![index]!)))),
  );
  return largest;
}

function partAbove(maps: readonly Float32Array[], threshold: number): number {
  let above = 0;
  for (const map of maps) for (const value of map) if (value >= threshold) above += 1;
  return above / maps.reduce((sum, map) => sum + map.length, 0);
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}
