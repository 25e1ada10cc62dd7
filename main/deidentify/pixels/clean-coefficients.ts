import { blackenJpeg, keptUnits, type JpegBlack } from '../../dicom/codec/jpeg-blacken.ts';
import { decodeJpeg } from '../../dicom/codec/jpeg.ts';
import { markedColour, readJpegHeader } from '../../dicom/codec/jpeg-marker.ts';
import { readJpegStream } from '../../dicom/codec/jpeg-stream.ts';
import { UndecodableFrame } from '../../dicom/codec/undecodable-frame.ts';
import { clipColour, frameBytes } from '../../dicom/decode-frame.ts';
import type { ColourSpace } from '../../dicom/colour-decision.ts';
import type { OpenInstance } from '../../dicom/instance.ts';
import { blackOf } from './black.ts';
import type { CleanedPixels } from './cleaned-pixels.ts';
import { frameCount } from './frame-count.ts';
import { lossyHistory } from './lossy-history.ts';

/**
 * Level from which a pixel shows something, in any colour: black of JPEG is uneven by some levels beside an edge, and
 * tissue that is darker cannot be told from it.
 */
const shows = 24;

/**
 * Cleans a clip of lossy JPEGs in their coefficients, or says that it cannot be: where a unit of 8 to 32 pixels that the
 * mask holds only a part of shows something in that part, in any frame, it would be lost. Every frame is decoded as it
 * will leave, and nothing but black may lie outside of the mask.
 *
 * @param kept rows × columns, 1 where a pixel is kept
 * @returns null where another way has to be taken
 */
export async function cleanCoefficients(
  clip: OpenInstance,
  kept: Uint8Array,
  fileName: string,
): Promise<CleanedPixels | null> {
  const { pixels, source } = clip;
  // Values that a table turns into colours, or that are no 8-bit levels, have no black of their own in a coefficient.
  if (pixels.palette !== null || pixels.bitsStored !== 8 || pixels.signed) return null;
  const { space } = await clipColour(clip, source, fileName);
  const cleaned: Uint8Array[] = [];
  for (let frame = 0; frame < clip.frames.length; frame += 1) {
    const bytes = frameBytes(clip, source, frame, fileName);
    const result = await cleanFrame(bytes, clip, kept, space);
    if (result === null) return null;
    cleaned.push(result);
  }
  return {
    transferSyntaxUid: clip.clip.transferSyntaxUid,
    method: 'coefficients',
    encapsulated: true,
    vr: 'OB',
    changed: [...frameCount(clip), ...lossyHistory(clip)],
    blackFrames: [],
    async *frames() {
      yield* cleaned;
    },
  };
}

async function cleanFrame(
  bytes: Uint8Array,
  { pixels }: OpenInstance,
  kept: Uint8Array,
  space: ColourSpace,
): Promise<Uint8Array | null> {
  try {
    const stream = readJpegStream(bytes);
    if (stream.rows !== pixels.rows || stream.columns !== pixels.columns) return null;
    const lost = lostPixels(kept, keptUnits(stream, kept), pixels.columns);
    if (lost.length > 0) {
      const { data, channels } = await decodeJpeg(bytes, pixels, space);
      if (lost.some((pixel) => isLit(data, pixel, channels))) return null;
    }
    const result = blackenJpeg(bytes, kept, blackOfJpeg(bytes, pixels, space));
    const { data, channels } = await decodeJpeg(result, pixels, space);
    return isBlackOutside(data, channels, kept, blackOf(pixels, channels === 1 ? 'grey' : 'rgb'))
      ? result
      : null;
  } catch (error) {
    if (error instanceof UndecodableFrame) return null;
    throw error;
  }
}

/** Pixels of the mask that lie in units which it does not hold wholly. */
function lostPixels(kept: Uint8Array, units: ReturnType<typeof keptUnits>, columns: number): number[] {
  const lost: number[] = [];
  for (let pixel = 0; pixel < kept.length; pixel += 1) {
    if (kept[pixel] === 0) continue;
    const x = Math.floor((pixel % columns) / units.columns);
    const y = Math.floor(Math.floor(pixel / columns) / units.rows);
    if (units.whole[y * units.across + x] === 0) lost.push(pixel);
  }
  return lost;
}

function isLit(data: ArrayLike<number>, pixel: number, channels: number): boolean {
  for (let at = pixel * channels; at < (pixel + 1) * channels; at += 1) if (data[at]! > shows) return true;
  return false;
}

function isBlackOutside(
  data: ArrayLike<number>,
  channels: number,
  kept: Uint8Array,
  black: readonly number[],
): boolean {
  for (let pixel = 0; pixel < kept.length; pixel += 1) {
    if (kept[pixel] !== 0) continue;
    for (let channel = 0; channel < channels; channel += 1) {
      if (data[pixel * channels + channel] !== black[channel]) return false;
    }
  }
  return true;
}

/** What black is to the decoder of this stream: its markers come first, then what was decided for the clip. */
function blackOfJpeg(bytes: Uint8Array, pixels: OpenInstance['pixels'], space: ColourSpace): JpegBlack {
  if (pixels.samplesPerPixel === 3) return markedColour(readJpegHeader(bytes)!) ?? space;
  return blackOf(pixels, 'grey')[0] === 0 ? 'lowest' : 'highest';
}
