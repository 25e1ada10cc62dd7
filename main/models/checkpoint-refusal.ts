import { basename } from 'node:path';
import { SystolaError } from '../../core/error.ts';

export function checkpointRefusal(file: string): SystolaError {
  const name = basename(file.replaceAll('\\', '/'));
  return new SystolaError(
    'model-is-checkpoint',
    `"${name}" is a checkpoint, which only the training software can run. In models/, ` +
      `"python -m gdkvm convert ${name} --out <folder>" makes a model folder of it; add that folder.`,
    file,
  );
}
