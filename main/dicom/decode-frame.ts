import type { FramePixels } from '../../core/clip/clip.ts';
import { SystolaError } from '../../core/error.ts';
import type { ByteSource } from './byte-source.ts';
import { decodeHtj2k } from './codec/htj2k.ts';
import { decodeJpeg } from './codec/jpeg.ts';
import { decodeJpeg2000 } from './codec/jpeg-2000.ts';
import { decodeJpegLossless } from './codec/jpeg-lossless.ts';
import { decodeJpegLs } from './codec/jpeg-ls.ts';
import { decodeJpegXl } from './codec/jpeg-xl.ts';
import { decodeNative } from './codec/native.ts';
import { decodeRle } from './codec/rle.ts';
import type { Samples } from './codec/samples.ts';
import { UndecodableFrame } from './codec/undecodable-frame.ts';
import { displayed } from './display.ts';
import type { FrameRanges } from './frame-ranges.ts';
import type { OpenInstance } from './instance.ts';
import type { PixelDescription } from './pixel-description.ts';
import { refusal, truncated } from './refusal.ts';

/** What decoding needs of an instance. */
export type DecodableInstance = Pick<OpenInstance, 'pixels' | 'frames'>;

/**
 * Decodes one frame (from 0) to the pixels that are shown. Only the bytes of that frame are read.
 * Throws SystolaError: bad-request when there is no such frame, truncated, decode-failed.
 */
export async function decodeFrame(
  instance: DecodableInstance,
  source: ByteSource,
  frame: number,
  fileName: string,
): Promise<FramePixels> {
  const ranges = instance.frames[frame];
  if (ranges === undefined) {
    throw refusal(
      'bad-request',
      fileName,
      `There is no frame ${frame}; the clip has ${instance.frames.length}.`,
    );
  }
  const bytes = readRanges(source, ranges, fileName);
  try {
    return displayed(await decodeSamples(bytes, instance.pixels), instance.pixels);
  } catch (error) {
    if (error instanceof SystolaError) throw error;
    const why = error instanceof UndecodableFrame ? error.message : 'its compressed data are damaged';
    throw refusal('decode-failed', fileName, `Frame ${frame} cannot be decoded: ${why}.`, error);
  }
}

function readRanges(source: ByteSource, ranges: FrameRanges, fileName: string): Uint8Array {
  const pieces = ranges.map(({ offset, length }) => {
    const piece = source.read(offset, length);
    if (piece.length !== length) throw truncated(fileName, 'its frames are complete');
    return piece;
  });
  const [only] = pieces;
  if (pieces.length === 1 && only !== undefined) return only;
  const whole = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let offset = 0;
  for (const piece of pieces) {
    whole.set(piece, offset);
    offset += piece.length;
  }
  return whole;
}

async function decodeSamples(bytes: Uint8Array, pixels: PixelDescription): Promise<Samples> {
  switch (pixels.encoding) {
    case 'native':
      return decodeNative(bytes, pixels);
    case 'jpeg':
      return decodeJpeg(bytes, pixels);
    case 'jpeg-lossless':
      return decodeJpegLossless(bytes, pixels);
    case 'jpeg-ls':
      return decodeJpegLs(bytes, pixels);
    case 'jpeg-2000':
      return decodeJpeg2000(bytes, pixels);
    case 'htj2k':
      return decodeHtj2k(bytes, pixels);
    case 'jpeg-xl':
      return decodeJpegXl(bytes, pixels);
    case 'rle':
      return decodeRle(bytes, pixels);
  }
}
