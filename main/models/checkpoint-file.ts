import { basename } from 'node:path';
import { SystolaError } from '../../core/error.ts';

/** Whether the name is one that training frameworks give their checkpoints. */
export function isCheckpoint(name: string): boolean {
  return /\.(pth|pt|ckpt|safetensors)(\.tar)?$/i.test(name);
}

export function checkpointRefusal(file: string): SystolaError {
  const name = basename(file.replaceAll('\\', '/'));
  return new SystolaError(
    'model-is-checkpoint',
    `"${name}" is a checkpoint, which only the training software can run. In models/, ` +
      `"python -m gdkvm convert ${name} --out <folder>" makes a model folder of it; add that folder.`,
    file,
  );
}
