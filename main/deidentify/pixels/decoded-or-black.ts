import { SystolaError } from '../../../core/error.ts';
import type { Samples } from '../../dicom/codec/samples.ts';
import { decodeStored } from '../../dicom/decode-frame.ts';
import type { OpenInstance } from '../../dicom/instance.ts';
import { refusal } from '../../dicom/refusal.ts';

/** The stored samples of a frame, or of one whose data are damaged: then nothing of it is kept. */
export interface DecodedFrame {
  readonly samples: Samples;
  readonly isWhole: boolean;
}

/**
 * The samples of every frame in order. One that cannot be decoded is yielded as a frame of which nothing may be kept,
 * and noted: nobody could have looked at it.
 *
 * @param damaged numbers of such frames are added to it, from 0
 * @throws SystolaError `decode-failed` when no frame can be decoded
 */
export async function* decodedOrBlack(
  clip: OpenInstance,
  fileName: string,
  damaged: number[],
): AsyncGenerator<DecodedFrame> {
  const colour = await clipSampleColour(clip, fileName);
  const { rows, columns, samplesPerPixel: channels, bitsAllocated } = clip.pixels;
  for (let frame = 0; frame < clip.frames.length; frame += 1) {
    const samples = await decodable(clip, frame, fileName);
    if (samples !== null && samples.colour !== colour) {
      throw refusal(
        'unsupported-pixel-format',
        fileName,
        'The frames of the clip are of different colour spaces.',
      );
    }
    if (samples === null) {
      damaged.push(frame);
      const size = rows * columns * channels;
      const data = bitsAllocated === 8 ? new Uint8Array(size) : new Uint16Array(size);
      yield { samples: { rows, columns, channels, data, colour }, isWhole: false };
    } else {
      yield { samples, isWhole: true };
    }
  }
}

/** What the samples of a clip are, by its first frame that can be decoded. */
export async function clipSampleColour(clip: OpenInstance, fileName: string): Promise<Samples['colour']> {
  for (let frame = 0; frame < clip.frames.length; frame += 1) {
    const samples = await decodable(clip, frame, fileName);
    if (samples !== null) return samples.colour;
  }
  throw refusal('decode-failed', fileName, 'No frame of the clip can be decoded.');
}

async function decodable(clip: OpenInstance, frame: number, fileName: string): Promise<Samples | null> {
  try {
    return await decodeStored(clip, clip.source, frame, fileName);
  } catch (error) {
    if (error instanceof SystolaError && error.code === 'decode-failed') return null;
    throw error;
  }
}
