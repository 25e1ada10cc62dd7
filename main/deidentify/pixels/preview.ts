import { SystolaError } from '../../../core/error.ts';
import type { FramePixels } from '../../../core/clip/clip.ts';
import { keptPixels, type KeepMask } from '../../../core/deidentify/keep-mask.ts';
import { decodeFrame } from '../../dicom/decode-frame.ts';
import type { OpenInstance } from '../../dicom/instance.ts';
import { refusal } from '../../dicom/refusal.ts';
import type { CleaningPreview } from './cleaned-pixels.ts';

/**
 * The brightest that each pixel is in any frame, as it is shown. What stands in one frame alone, as a name that is faded
 * in, is in it.
 */
export class Brightest {
  #picture: FramePixels | null = null;

  add(shown: FramePixels): void {
    if (this.#picture === null) {
      this.#picture = { ...shown, data: shown.data.slice() };
      return;
    }
    const { data } = this.#picture;
    for (let at = 0; at < data.length; at += 1) if (shown.data[at]! > data[at]!) data[at] = shown.data[at]!;
  }

  /** @throws SystolaError `decode-failed` when there was no frame */
  picture(fileName: string): FramePixels {
    if (this.#picture !== null) return this.#picture;
    throw refusal('decode-failed', fileName, 'No frame of the clip can be decoded.');
  }
}

/**
 * {@link Brightest} of a clip. Frames that cannot be decoded are left out; they become black.
 *
 * @throws SystolaError `decode-failed` when no frame can be decoded
 */
async function brightestOf(clip: OpenInstance, fileName: string): Promise<FramePixels> {
  const brightest = new Brightest();
  for (let frame = 0; frame < clip.frames.length; frame += 1) {
    const shown = await decodable(clip, frame, fileName);
    if (shown !== null) brightest.add(shown);
  }
  return brightest.picture(fileName);
}

/** {@link brightestOf} a clip, once with what a mask keeps and once with what it takes away. */
export async function previewCleaning(
  clip: OpenInstance,
  mask: KeepMask,
  fileName: string,
): Promise<CleaningPreview> {
  return splitBrightest(await brightestOf(clip, fileName), mask);
}

export function splitBrightest(brightest: FramePixels, mask: KeepMask): CleaningPreview {
  const { rows, columns } = brightest;
  const kept = keptPixels(mask, rows, columns);
  return { stays: part(brightest, kept, 1), goes: part(brightest, kept, 0) };
}

function part({ rows, columns, channels, data }: FramePixels, kept: Uint8Array, which: 0 | 1): FramePixels {
  const shown = new Uint8Array(data.length);
  for (let pixel = 0; pixel < kept.length; pixel += 1) {
    if (kept[pixel] !== which) continue;
    for (let at = pixel * channels; at < (pixel + 1) * channels; at += 1) shown[at] = data[at]!;
  }
  return { rows, columns, channels, data: shown };
}

async function decodable(clip: OpenInstance, frame: number, fileName: string): Promise<FramePixels | null> {
  try {
    return await decodeFrame(clip, clip.source, frame, fileName);
  } catch (error) {
    if (error instanceof SystolaError && error.code === 'decode-failed') return null;
    throw error;
  }
}
