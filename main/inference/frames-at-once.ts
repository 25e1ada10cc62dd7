import type { ExecutionProvider } from './protocol.ts';

/** Most frames that are handed to a device before the first of them is read back; as many buffers are kept for them. */
export const mostAtOnce = 4;
/** What they may take together, so that a run can be stopped soon and its progress moves, ms. */
const togetherMs = 200;

/**
 * How many frames a provider is given before the first result is waited for. On a graphics card each wait costs as
 * much as several small frames; what takes long anyway gains nothing.
 *
 * @param frameMs time of one frame
 */
export function framesAtOnce(provider: ExecutionProvider, frameMs: number): number {
  if (provider !== 'webgpu') return 1;
  return Math.max(1, Math.min(mostAtOnce, Math.floor(togetherMs / frameMs)));
}
