import { basename } from 'node:path';
import type { SystolaError } from '../../core/error.ts';
import { message, type Message } from '../../core/language/message.ts';
import type { LoadedModel } from '../inference/loaded-model.ts';

/**
 * What the reader is told where corrections are carried by displacement though the model's memory was meant to carry
 * them. What is wrong with the files of a model is said in any language; other reasons are the failure's own words.
 *
 * @param model as far as it could be read; else its name
 */
export function insteadOfMemory(error: SystolaError, model: LoadedModel | string): Message {
  return message('edit.propagation.instead', { reason: reasonOf(error, model) });
}

function reasonOf(
  { code, file, message: words }: SystolaError,
  model: LoadedModel | string,
): Message | string {
  if (typeof model === 'string') {
    // Without a file it is the folder that is not there.
    const isGone = code === 'model-not-found' && file === model;
    return isGone ? message('edit.propagation.instead.no-model', { model }) : words;
  }
  const { correctionPath: path, manifest } = model;
  if (path === null || file !== path) return words;
  const network = { model: manifest.name, file: basename(path) };
  if (code === 'model-not-found') return message('edit.propagation.instead.missing', network);
  if (code === 'model-hash-mismatch') return message('edit.propagation.instead.altered', network);
  return words;
}
