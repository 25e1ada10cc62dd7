import type { FramePixels } from '../../core/clip/clip.ts';
import { SystolaError } from '../../core/error.ts';

/** Decoded frames that the sector is found from; enough to see what moves, few enough to start at once. */
const sectorSamples = 12;

/** The pixels of a frame; null when its data are damaged, which costs that frame and no other. */
export async function decodable(frame: Promise<FramePixels>): Promise<FramePixels | null> {
  try {
    return await frame;
  } catch (error) {
    if (error instanceof SystolaError && error.code === 'decode-failed') return null;
    throw error;
  }
}

/**
 * Frames spread evenly over a clip, for questions that one frame cannot answer; without those that cannot be decoded.
 *
 * @throws SystolaError `decode-failed` when no frame of the clip can be
 */
export async function sampleFrames(
  frames: number,
  frame: (frame: number) => Promise<FramePixels>,
  signal: AbortSignal,
  samples = sectorSamples,
): Promise<FramePixels[]> {
  const count = Math.min(samples, frames);
  const pixels: FramePixels[] = [];
  for (let index = 0; index < count; index += 1) {
    signal.throwIfAborted();
    const found = await decodable(frame(count === 1 ? 0 : Math.round((index * (frames - 1)) / (count - 1))));
    if (found !== null) pixels.push(found);
  }
  for (let index = 0; pixels.length === 0 && index < frames; index += 1) {
    signal.throwIfAborted();
    const last = index === frames - 1;
    const found = last ? await frame(index) : await decodable(frame(index));
    if (found !== null) pixels.push(found);
  }
  return pixels;
}
