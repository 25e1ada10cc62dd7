import { basename } from 'node:path';
import type { SystolaError } from '../../core/error.ts';
import { message, type Message } from '../../core/language/message.ts';
import type { LoadedModel } from './loaded-model.ts';

/**
 * What is wrong with the file of a model's correction network, and what to do, in any language; null where a failure is
 * about something else.
 */
export function correctionProblem(
  { code, file }: SystolaError,
  { correctionPath: path, manifest }: LoadedModel,
): Message | null {
  if (path === null || file !== path) return null;
  const network = { model: manifest.name, file: basename(path) };
  if (code === 'model-not-found') return message('models.correction.missing', network);
  if (code === 'model-hash-mismatch') return message('models.correction.altered', network);
  return null;
}
