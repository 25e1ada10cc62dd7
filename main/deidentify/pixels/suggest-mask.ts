import type { FramePixels } from '../../../core/clip/clip.ts';
import type { KeepMask } from '../../../core/deidentify/keep-mask.ts';
import { suggestMask as suggestFrom } from '../../../core/deidentify/suggest-mask.ts';
import { SystolaError } from '../../../core/error.ts';
import { decodeFrame } from '../../dicom/decode-frame.ts';
import type { OpenInstance } from '../../dicom/instance.ts';

/** As many frames as the sector of a clip is found from. */
const looked = 12;

/**
 * A first mask for a clip, from frames spread over it; see the core's rule. Null where a person has to draw one, and
 * where no frame that was looked at can be decoded.
 */
export async function suggestMask(clip: OpenInstance, fileName: string): Promise<KeepMask | null> {
  const last = clip.frames.length - 1;
  const count = Math.min(looked, clip.frames.length);
  const chosen = new Set(
    Array.from({ length: count }, (_, index) => Math.round((index * last) / Math.max(1, count - 1))),
  );
  const frames: FramePixels[] = [];
  for (const frame of chosen) {
    try {
      frames.push(await decodeFrame(clip, clip.source, frame, fileName));
    } catch (error) {
      if (!(error instanceof SystolaError) || error.code !== 'decode-failed') throw error;
    }
  }
  return frames.length === 0 ? null : suggestFrom(frames, clip.clip);
}
