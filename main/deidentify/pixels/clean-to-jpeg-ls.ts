import { decodeJpegLs } from '../../dicom/codec/jpeg-ls.ts';
import { encodeJpegLs } from '../../dicom/codec/encode-jpeg-ls.ts';
import type { Samples } from '../../dicom/codec/samples.ts';
import type { OpenInstance } from '../../dicom/instance.ts';
import type { PixelDescription } from '../../dicom/pixel-description.ts';
import { refusal } from '../../dicom/refusal.ts';
import { blackened, blackOf } from './black.ts';
import type { ChangedAttribute, CleanedPixels } from './cleaned-pixels.ts';
import { clipSampleColour, decodedOrBlack } from './decoded-or-black.ts';
import { frameCount } from './frame-count.ts';
import { lossyHistory } from './lossy-history.ts';

const jpegLsLossless = '1.2.840.10008.1.2.4.80';
/** CharLS takes one byte for samples up to this, and 16-bit pixels have to stay 16-bit. */
const oneByte = 8;

/**
 * Decodes every frame, makes what is not kept black and compresses it without loss (JPEG-LS). Samples are those of the
 * decoder: RGB where it turned YCbCr into it, and so they are called.
 */
export async function cleanToJpegLs(
  clip: OpenInstance,
  kept: Uint8Array,
  fileName: string,
): Promise<CleanedPixels> {
  const colour = await clipSampleColour(clip, fileName);
  const pixels = describedAs(clip.pixels);
  const blackFrames: number[] = [];
  return {
    transferSyntaxUid: jpegLsLossless,
    method: 'samples',
    encapsulated: true,
    vr: 'OB',
    changed: [...frameCount(clip), ...layoutChanges(clip.pixels, pixels, colour), ...lossyHistory(clip)],
    blackFrames,
    async *frames() {
      blackFrames.length = 0;
      const black = blackOf(pixels, colour);
      for await (const { samples, isWhole } of decodedOrBlack(clip, fileName, blackFrames)) {
        const cleaned = blackened(samples, pixels, isWhole ? kept : null, black);
        yield await encoded(cleaned, pixels, fileName);
      }
    },
  };
}

/** Lossy JPEG decodes to 8 bits, whatever its file says are stored. */
function describedAs(pixels: PixelDescription): PixelDescription {
  return pixels.encoding === 'jpeg' ? { ...pixels, bitsStored: 8, signed: false } : pixels;
}

function layoutChanges(
  before: PixelDescription,
  after: PixelDescription,
  colour: Samples['colour'],
): ChangedAttribute[] {
  const changed: ChangedAttribute[] = [];
  if (colour !== 'grey') {
    const photometric = colour === 'rgb' ? 'RGB' : 'YBR_FULL';
    changed.push({ tag: 0x0028_0004, vr: 'CS', values: [photometric] });
    changed.push({ tag: 0x0028_0006, vr: 'US', values: [0] });
  }
  if (before.bitsStored !== after.bitsStored) changed.push({ tag: 0x0028_0101, vr: 'US', values: [8] });
  if (before.bitsStored !== after.bitsStored) changed.push({ tag: 0x0028_0102, vr: 'US', values: [7] });
  if (before.signed !== after.signed) changed.push({ tag: 0x0028_0103, vr: 'US', values: [0] });
  return changed;
}

/** Compressed, and decoded again to be sure: what leaves the house is what was made black. */
async function encoded(samples: Samples, pixels: PixelDescription, fileName: string): Promise<Uint8Array> {
  const least = pixels.bitsAllocated === 16 ? oneByte + 1 : 2;
  const precision = Math.max(least, pixels.bitsStored);
  const bytes = await encodeJpegLs(samples, precision);
  const back = await decodeJpegLs(bytes, pixels);
  if (isSame(samples.data, back.data, 2 ** precision - 1)) return bytes;
  throw refusal('internal', fileName, 'A frame that was cleaned did not come back as it was written.');
}

function isSame(written: Samples['data'], read: Samples['data'], mask: number): boolean {
  if (written.length !== read.length) return false;
  for (let at = 0; at < written.length; at += 1) if ((written[at]! & mask) !== read[at]) return false;
  return true;
}
