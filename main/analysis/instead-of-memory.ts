import type { SystolaError } from '../../core/error.ts';
import { message, type Message } from '../../core/language/message.ts';
import { correctionProblem } from '../inference/correction-problem.ts';
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

function reasonOf(error: SystolaError, model: LoadedModel | string): Message | string {
  if (typeof model !== 'string') return correctionProblem(error, model) ?? error.message;
  // Without a file it is the folder that is not there.
  const isGone = error.code === 'model-not-found' && error.file === model;
  return isGone ? message('edit.propagation.instead.no-model', { model }) : error.message;
}
