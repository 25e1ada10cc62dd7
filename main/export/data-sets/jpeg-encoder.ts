import { createRequire } from 'node:module';
import type { FramePixels } from '../../../core/clip/clip.ts';

interface EmbindEncoder {
  getDecodedBuffer(info: {
    width: number;
    height: number;
    bitsPerSample: 8;
    componentCount: number;
    isSigned: false;
  }): Uint8Array;
  getEncodedBuffer(): Uint8Array;
  setQuality(quality: number): void;
  setProgressive(progressive: 0 | 1): void;
  setSubSampling(sampling: number): void;
  encode(): void;
  delete(): void;
}

interface EncoderModule {
  readonly JPEGEncoder: new () => EmbindEncoder;
}

const require = createRequire(import.meta.url);
/** libjpeg-turbo's names for 4:4:4 and for one component. */
const sampling = { 1: 3, 3: 0 } as const;
/** Of 100: what is lost is less than speckle, and pictures stay a third of what they would be without loss. */
const quality = 95;

let loading: Promise<EncoderModule> | null = null;

/** A picture as baseline JPEG, grey or in full colour resolution. */
export async function encodeJpeg({ rows, columns, channels, data }: FramePixels): Promise<Uint8Array> {
  const { JPEGEncoder } = await (loading ??= load());
  const encoder = new JPEGEncoder();
  try {
    encoder
      .getDecodedBuffer({
        ...{ width: columns, height: rows, bitsPerSample: 8, componentCount: channels, isSigned: false },
      })
      .set(data);
    encoder.setQuality(quality);
    encoder.setProgressive(0);
    encoder.setSubSampling(sampling[channels]);
    encoder.encode();
    return encoder.getEncodedBuffer().slice();
  } catch (error) {
    // What failed once may have damaged its memory.
    loading = null;
    throw new Error('JPEGEncoder failed', { cause: error });
  } finally {
    encoder.delete();
  }
}

async function load(): Promise<EncoderModule> {
  const factory = require('@cornerstonejs/codec-libjpeg-turbo-8bit/wasmjs') as (
    options: object,
  ) => Promise<EncoderModule>;
  const silent = () => undefined;
  return factory({ print: silent, printErr: silent });
}
