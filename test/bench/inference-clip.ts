import { readFileSync } from 'node:fs';
import type { ProviderName } from '../../core/settings/settings.ts';
import { InferenceService } from '../../main/inference/inference-service.ts';
import type { LoadedModel } from '../../main/models/registry.ts';

export interface ClipTiming {
  /** Time of the model for a frame, mean, ms. */
  readonly modelMs: number;
  /** Time of a frame from pixels to probabilities in this process, transfers included, mean, ms. */
  readonly wallMs: number;
}

/** Runs frames of moving noise once through a model, on the CPU unless another provider is named. */
export async function runClip(
  service: InferenceService,
  model: LoadedModel,
  frames: number,
  { provider = 'cpu', onLast = () => {} }: { provider?: ProviderName; onLast?: () => void } = {},
): Promise<ClipTiming> {
  const { width, height, range } = model.manifest.input;
  const pictures = Array.from({ length: 8 }, (_, picture) =>
    Float32Array.from({ length: width * height }, (_value, index) => {
      const grey = 0.5 + 0.5 * Math.sin(index * (0.013 + 0.001 * picture) + 12.9898 * (index % width));
      return range[0] + grey * (range[1] - range[0]);
    }),
  );
  let started = 0;
  const { msPerFrame } = await service.run({
    model,
    provider,
    passes: 'forward',
    frameCount: frames,
    input: async (frame) => pictures[frame % pictures.length]!,
    onState: (state) => {
      if (state === 'running') started = performance.now();
    },
    onProbability: (frame) => {
      if (frame === frames - 1) onLast();
    },
    signal: new AbortController().signal,
  });
  return { modelMs: msPerFrame, wallMs: (performance.now() - started) / frames };
}

/** Highest resident size of a fresh inference process over a clip, MB; null where the system does not tell. */
export async function peakMegabytes(model: LoadedModel, frames: number): Promise<number | null> {
  const service = new InferenceService();
  let peak: number | null = null;
  try {
    const onLast = (): void => {
      peak = highWaterMark(service.childProcessId);
    };
    await runClip(service, model, frames, { onLast });
  } finally {
    await service.close();
  }
  return peak;
}

function highWaterMark(processId: number | null): number | null {
  if (process.platform !== 'linux' || processId === null) return null;
  const kibibytes = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${processId}/status`, 'utf8'))?.[1];
  return kibibytes === undefined ? null : (Number(kibibytes) * 1024) / 1e6;
}
