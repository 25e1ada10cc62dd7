import type { FramePixels } from '../../core/clip/clip.ts';
import { SystolaError } from '../../core/error.ts';
import { frameNumber } from '../../core/wording/frame-number.ts';
import type { ByteSource } from './byte-source.ts';
import { decodeHtj2k } from './codec/htj2k.ts';
import { decodeJpeg } from './codec/jpeg.ts';
import { decodeJpeg2000 } from './codec/jpeg-2000.ts';
import { decodeJpegLossless } from './codec/jpeg-lossless.ts';
import { decodeJpegLs } from './codec/jpeg-ls.ts';
import { decodeJpegXl } from './codec/jpeg-xl.ts';
import { decodeNative } from './codec/native.ts';
import { decodeRle } from './codec/rle.ts';
import { interleave, type Samples } from './codec/samples.ts';
import { UndecodableFrame } from './codec/undecodable-frame.ts';
import {
  colourEvidence,
  decideColour,
  type ColourDecision,
  type ColourEvidence,
  type ColourSpace,
} from './colour-decision.ts';
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
  return displayed(await decodeStored(instance, source, frame, fileName), instance.pixels);
}

/**
 * Decodes one frame (from 0) to the samples that are stored, pixel by pixel, and says what three of them are. Throws what
 * {@link decodeFrame} throws.
 */
export async function decodeStored(
  instance: DecodableInstance,
  source: ByteSource,
  frame: number,
  fileName: string,
): Promise<Samples> {
  const bytes = frameBytes(instance, source, frame, fileName);
  try {
    const { pixels } = instance;
    const samples = await decodeSamples(bytes, pixels, null);
    if (samples.colour !== null) return samples;
    const decision = await clipColour(instance, source, fileName);
    const decided = pixels.encoding === 'jpeg' ? await decodeSamples(bytes, pixels, decision.space) : samples;
    return inOrder(decided, decision);
  } catch (error) {
    if (error instanceof SystolaError) throw error;
    const why = error instanceof UndecodableFrame ? error.message : 'its compressed data are damaged';
    throw refusal('decode-failed', fileName, `Frame ${frameNumber(frame)} cannot be decoded: ${why}.`, error);
  }
}

/** The bytes of one frame (from 0) as they are stored. Throws SystolaError: bad-request, truncated. */
export function frameBytes(
  { frames }: Pick<DecodableInstance, 'frames'>,
  source: ByteSource,
  frame: number,
  fileName: string,
): Uint8Array {
  const ranges = frames[frame];
  if (ranges !== undefined) return readRanges(source, ranges, fileName);
  throw refusal(
    'bad-request',
    fileName,
    `There is no frame ${frameNumber(frame)}; the clip has ${frames.length}.`,
  );
}

/** Frames that the colour of a clip is decided by: its first, middle and last. */
const colourFrames = 3;
const decisions = new WeakMap<DecodableInstance, Promise<ColourDecision>>();

/** Decided once for all frames of a clip, from the same frames whichever is asked for, so that colour never changes. */
export function clipColour(
  instance: DecodableInstance,
  source: ByteSource,
  fileName: string,
): Promise<ColourDecision> {
  const known = decisions.get(instance);
  if (known !== undefined) return known;
  const decision = lookAtColour(instance, source, fileName);
  decisions.set(instance, decision);
  return decision;
}

async function lookAtColour(
  { pixels, frames }: DecodableInstance,
  source: ByteSource,
  fileName: string,
): Promise<ColourDecision> {
  const last = frames.length - 1;
  const looked = new Set(
    Array.from({ length: colourFrames }, (_, index) => Math.round((index * last) / (colourFrames - 1))),
  );
  const evidence: ColourEvidence[] = [];
  for (const frame of looked) {
    try {
      const { data } = await decodeSamples(readRanges(source, frames[frame]!, fileName), pixels, null);
      evidence.push(colourEvidence(data, pixels));
    } catch {
      // A frame that cannot be decoded says so when it is asked for.
    }
  }
  return decideColour(evidence, pixels);
}

function inOrder(samples: Samples, { space, clear, order }: ColourDecision): Samples {
  const { data, likely } = samples;
  const planar = order === 'planar' && (data instanceof Uint8Array || data instanceof Uint16Array);
  return {
    ...samples,
    data: planar ? interleave(data, 3) : data,
    colour: samples.colour ?? (clear ? space : (likely ?? space)),
  };
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

async function decodeSamples(
  bytes: Uint8Array,
  pixels: PixelDescription,
  decided: ColourSpace | null,
): Promise<Samples> {
  switch (pixels.encoding) {
    case 'native':
      return decodeNative(bytes, pixels);
    case 'jpeg':
      return decodeJpeg(bytes, pixels, decided);
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
