import type { ModelInfo } from '../../core/api/requests.ts';
import type { ModelManifest } from '../../core/model/manifest.ts';
import { RequestError } from '../api/client.ts';

export type Accuracy = ModelManifest['accuracy'][number];

const metrics: Readonly<Record<string, { readonly words: string; readonly unit: string; readonly digits: number }>> = {
  dice: { words: 'Dice', unit: '', digits: 3 },
  iou: { words: 'IoU', unit: '', digits: 3 },
  'hd-mm': { words: 'Hausdorff distance', unit: 'mm', digits: 1 },
  'hd95-mm': { words: 'HD95', unit: 'mm', digits: 1 },
  'asd-mm': { words: 'Mean surface distance', unit: 'mm', digits: 1 },
  'ef-mae-points': { words: 'EF, mean absolute error', unit: 'points', digits: 1 },
  'ef-bias-points': { words: 'EF, mean difference', unit: 'points', digits: 1 },
  'ef-r': { words: 'EF, correlation', unit: '', digits: 2 },
  'volume-error-percent': { words: 'Volume error', unit: '%', digits: 1 },
};

/** A metric's name for a person; one that is not known is shown as it is written. */
export const metricWords = (metric: string): string => metrics[metric]?.words ?? metric;

export const metricUnit = (metric: string): string => metrics[metric]?.unit ?? '';

export function metricNumber(metric: string, value: number): string {
  return value.toFixed(metrics[metric]?.digits ?? 3);
}

/** The 95 % interval; a dash where it was not measured. */
export function intervalWords({ metric, lower95, upper95 }: Accuracy): string {
  if (lower95 === null || upper95 === null) return '–';
  return `${metricNumber(metric, lower95)} to ${metricNumber(metric, upper95)}`;
}

export const roleWords = { accurate: 'accurate', fast: 'fast' } as const;

export const passesWords = {
  forward: 'once, forward',
  warm: 'twice: backward over the first beat to warm the memory, then forward',
  'both-directions': 'twice: forward and backward, averaged',
} as const;

export const precisionWords = {
  fp32: '32-bit weights',
  fp16: 'weights stored in 16 bits',
  int8: 'weights stored in 8 bits',
} as const;

const geometryWords = {
  sector: 'the scan sector',
  region: 'the ultrasound region',
  frame: 'the whole frame',
} as const;

export function inputWords({ input }: ModelManifest): string {
  const turned = input.orientation === 'transposed' ? ', rows and columns exchanged' : '';
  return `${input.width} × ${input.height} px of ${geometryWords[input.geometry]}${turned}`;
}

/** Size of a file as systems show it: decimal, two digits that count. */
export function fileSizeWords(bytes: number): string {
  if (bytes < 1_000_000) return `${Math.max(1, Math.round(bytes / 1000))} kB`;
  const megabytes = bytes / 1_000_000;
  return `${megabytes < 10 ? megabytes.toFixed(1) : Math.round(megabytes)} MB`;
}

/** 2769078 as "2.77 million", 29162 as "29 thousand". */
export function countWords(count: number): string {
  if (count >= 1e9) return `${(count / 1e9).toPrecision(3)} billion`;
  if (count >= 1e6) return `${(count / 1e6).toPrecision(3)} million`;
  return count >= 1e4 ? `${Math.round(count / 1e3)} thousand` : String(count);
}

type Named = Pick<ModelInfo, 'name' | 'folder'>;

/**
 * Why something was refused, about which file, and which model goes on being used.
 * @param asked the model that it was asked for, null for a folder that is no model yet
 */
export function refusalWords(error: Error, asked: Named | null, active: Named | null): string {
  const file = error instanceof RequestError ? (error.file?.split(/[\\/]/).at(-1) ?? '') : '';
  const reason = error.message.includes(file) ? error.message : `${file}: ${error.message}`;
  // That the model in use was found bad is no reason to be told that it stays.
  return active === null || active.folder === asked?.folder ? reason : `${reason} ${active.name} stays in use.`;
}

/** First and last digits of a hash, enough to tell two apart by eye. */
export const shortHash = (sha256: string): string => `${sha256.slice(0, 12)}…${sha256.slice(-6)}`;
