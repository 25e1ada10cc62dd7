import { keptPixels, type KeepMask } from '../../../core/deidentify/keep-mask.ts';
import { blackenNative } from '../../dicom/codec/blacken-native.ts';
import { encodeRle } from '../../dicom/codec/encode-rle.ts';
import { clipColour, decodeStored, frameBytes } from '../../dicom/decode-frame.ts';
import type { OpenInstance } from '../../dicom/instance.ts';
import { refusal } from '../../dicom/refusal.ts';
import { blackened, blackOf } from './black.ts';
import type { CleanedPixels } from './cleaned-pixels.ts';
import { cleanCoefficients } from './clean-coefficients.ts';
import { decodedOrBlack } from './decoded-or-black.ts';
import { cleanToJpegLs } from './clean-to-jpeg-ls.ts';
import { frameCount } from './frame-count.ts';

/**
 * Makes everything outside of a mask black in every frame. What is kept stays as it is: native and run-length pixels in
 * their own encoding, a lossy JPEG in its coefficients where its blocks allow that, everything else without loss as
 * JPEG-LS. Nothing is compressed with loss again.
 *
 * @throws SystolaError `bad-request` for a mask that keeps nothing, `decode-failed` where no frame can be decoded
 */
export async function cleanPixels(
  clip: OpenInstance,
  mask: KeepMask,
  fileName: string,
): Promise<CleanedPixels> {
  const { rows, columns, encoding } = clip.pixels;
  const kept = keptPixels(mask, rows, columns);
  if (!kept.includes(1)) {
    throw refusal('bad-request', fileName, 'The mask keeps no pixel of the clip. Draw it over the picture.');
  }
  switch (encoding) {
    case 'native':
      return cleanNative(clip, kept, fileName);
    case 'rle':
      return cleanRle(clip, kept, fileName);
    case 'jpeg':
      return (await cleanCoefficients(clip, kept, fileName)) ?? (await cleanToJpegLs(clip, kept, fileName));
    default:
      return await cleanToJpegLs(clip, kept, fileName);
  }
}

function cleanNative(clip: OpenInstance, kept: Uint8Array, fileName: string): CleanedPixels {
  const { pixels, source } = clip;
  return {
    transferSyntaxUid: clip.clip.transferSyntaxUid,
    method: 'samples',
    encapsulated: false,
    vr: pixels.bitsAllocated === 16 ? 'OW' : pixels.swappedPairs ? 'OW' : 'OB',
    changed: frameCount(clip),
    blackFrames: [],
    async *frames() {
      const { space, order } = await colourOf(clip, fileName);
      const black = blackOf(pixels, space);
      for (let frame = 0; frame < clip.frames.length; frame += 1) {
        const bytes = frameBytes(clip, source, frame, fileName);
        yield blackenNative(bytes, pixels, kept, black, order === 'planar');
      }
    },
  };
}

async function colourOf(clip: OpenInstance, fileName: string) {
  const { pixels, source } = clip;
  if (pixels.samplesPerPixel === 1) return { space: 'grey', order: 'interleaved' } as const;
  const { colour } = await decodeStored(clip, source, 0, fileName);
  const { order } = await clipColour(clip, source, fileName);
  return { space: colour, order } as const;
}

function cleanRle(clip: OpenInstance, kept: Uint8Array, fileName: string): CleanedPixels {
  const { pixels } = clip;
  const blackFrames: number[] = [];
  return {
    transferSyntaxUid: clip.clip.transferSyntaxUid,
    method: 'samples',
    encapsulated: true,
    vr: 'OB',
    changed: frameCount(clip),
    blackFrames,
    async *frames() {
      blackFrames.length = 0;
      for await (const { samples, isWhole } of decodedOrBlack(clip, fileName, blackFrames)) {
        const mask = isWhole ? kept : null;
        const black = blackOf(pixels, samples.colour);
        yield encodeRle(blackened(samples, pixels, mask, black), pixels.bitsAllocated);
      }
    },
  };
}
