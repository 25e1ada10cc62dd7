import type { ModelInfo } from '../../core/api/requests.ts';
import type { ModelManifest } from '../../core/model/manifest.ts';
import { defaultPropagation } from '../../core/model/propagation-way.ts';
import { message, type Message } from '../../core/language/message.ts';
import { inWords, language, say, type Words } from '../words/language.svelte.ts';
import { reasonOf, RequestError } from '../api/client.ts';

export type Accuracy = ModelManifest['accuracy'][number];

interface Metric {
  readonly words: Message;
  readonly unit: Message | null;
  readonly digits: number;
}

const metrics: Readonly<Record<string, Metric>> = {
  dice: { words: message('models.metric.dice'), unit: null, digits: 3 },
  iou: { words: message('models.metric.iou'), unit: null, digits: 3 },
  'hd-mm': { words: message('models.metric.hd'), unit: message('unit.mm'), digits: 1 },
  'hd95-mm': { words: message('models.metric.hd95'), unit: message('unit.mm'), digits: 1 },
  'asd-mm': { words: message('models.metric.asd'), unit: message('unit.mm'), digits: 1 },
  'ef-mae-points': { words: message('models.metric.ef-mae'), unit: message('models.points'), digits: 1 },
  'ef-bias-points': { words: message('models.metric.ef-bias'), unit: message('models.points'), digits: 1 },
  'ef-r': { words: message('models.metric.ef-r'), unit: null, digits: 2 },
  'volume-error-percent': { words: message('models.metric.volume-error'), unit: message('unit.percent'), digits: 1 },
};

/** A metric's name for a person; one that is not known is shown as it is written. */
export const metricWords = (metric: string): string => inWords(metrics[metric]?.words ?? metric);

export const metricUnit = (metric: string): string => inWords(metrics[metric]?.unit ?? '');

export function metricNumber(metric: string, value: number): string {
  return language.current.decimals(value, metrics[metric]?.digits ?? 3);
}

/** The 95 % interval; a dash where it was not measured. */
export function intervalWords({ metric, lower95, upper95 }: Accuracy): string {
  if (lower95 === null || upper95 === null) return '–';
  return say('models.accuracy.from-to', {
    from: metricNumber(metric, lower95),
    to: metricNumber(metric, upper95),
  });
}

export function inputWords({ input }: ModelManifest): string {
  return say('models.input', {
    width: input.width,
    height: input.height,
    geometry: input.geometry === 'frame' ? 'other' : input.geometry,
    turned: input.orientation === 'transposed' ? 'yes' : 'other',
  });
}

/** How corrections of the model's contours are carried on. */
export function correctionWords({ propagation = defaultPropagation, correction }: ModelManifest): string {
  return propagation === 'memory' && correction !== undefined
    ? say('models.facts.corrections.network', { hash: shortHash(correction.sha256) })
    : say(`models.facts.corrections.${propagation}`);
}

/** Size of a file as systems show it: decimal, two digits that count. */
export function fileSizeWords(bytes: number): string {
  if (bytes < 1_000_000) return say('models.size.kB', { size: Math.max(1, Math.round(bytes / 1000)) });
  const megabytes = bytes / 1_000_000;
  return say(megabytes < 10 ? 'models.size.MB.tenths' : 'models.size.MB', { size: megabytes });
}

/** A number below 1000 with the three digits that count. */
const threeDigits = (value: number): string =>
  language.current.decimals(value, value < 9.995 ? 2 : value < 99.95 ? 1 : 0);

/** 2769078 as "2.77 million", 29162 as "29 thousand". */
export function countWords(count: number): string {
  if (count >= 1e9) return say('models.count.billion', { count: threeDigits(count / 1e9) });
  if (count >= 1e6) return say('models.count.million', { count: threeDigits(count / 1e6) });
  return count >= 1e4 ? say('models.count.thousand', { count: Math.round(count / 1e3) }) : String(count);
}

type Named = Pick<ModelInfo, 'name' | 'folder'>;

/**
 * Why something was refused, about which file, and which model goes on being used.
 * @param asked the model that it was asked for, null for a folder that is no model yet
 */
export function refusalWords(error: Error, asked: Named | null, active: Named | null): Words {
  const file = error instanceof RequestError ? (error.file?.split(/[\\/]/).at(-1) ?? '') : '';
  const reason = error.message.includes(file)
    ? reasonOf(error)
    : message('models.refused-file', { file, reason: reasonOf(error) });
  // That the model in use was found bad is no reason to be told that it stays.
  return active === null || active.folder === asked?.folder ? reason : message('models.refused', { reason, name: active.name });
}

/** First and last digits of a hash, enough to tell two apart by eye. */
export const shortHash = (sha256: string): string => `${sha256.slice(0, 12)}…${sha256.slice(-6)}`;
