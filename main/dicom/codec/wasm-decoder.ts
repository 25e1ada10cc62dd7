import { createRequire } from 'node:module';

interface FrameInfo {
  readonly width: number;
  readonly height: number;
  readonly bitsPerSample: number;
  readonly componentCount: number;
  readonly isSigned?: boolean;
}

/** What the embind decoders of @cornerstonejs/codec-* have in common. */
interface EmbindDecoder {
  getEncodedBuffer(length: number): Uint8Array;
  getDecodedBuffer(): ArrayBufferView;
  getFrameInfo(): FrameInfo;
  getInterleaveMode?(): number;
  getColorSpace?(): number;
  decode(): void;
  delete(): void;
}

interface EmbindModule {
  readonly HEAPU8: Uint8Array;
  readonly [name: string]: unknown;
}

export interface DecodedImage {
  readonly info: FrameInfo;
  readonly bytes: Uint8Array;
  /** JPEG-LS only: 0 planes, 1 lines, 2 samples. The decoder's output is in samples for 1 and 2. */
  readonly interleaveMode: number | null;
}

const require = createRequire(import.meta.url);
/** A heap never shrinks; after a giant frame it is given back with its module. */
const keptHeapBytes = 256 << 20;

/** A WebAssembly decoder, loaded on first use and loaded anew after it failed, since a failure may corrupt it. */
export class WasmDecoder {
  readonly #moduleName: string;
  readonly #className: string;
  #module: Promise<EmbindModule> | null = null;

  constructor(moduleName: string, className: string) {
    this.#moduleName = moduleName;
    this.#className = className;
  }

  load(): Promise<EmbindModule> {
    this.#module ??= this.#create();
    return this.#module;
  }

  /** Decodes one image; whatever goes wrong inside is thrown as an Error. */
  async decode(encoded: Uint8Array): Promise<DecodedImage> {
    const module = await this.load();
    const constructor = module[this.#className] as new () => EmbindDecoder;
    let decoder: EmbindDecoder | null = null;
    try {
      decoder = new constructor();
      decoder.getEncodedBuffer(encoded.length).set(encoded);
      decoder.decode();
      const info = decoder.getFrameInfo();
      const interleaveMode = decoder.getInterleaveMode?.() ?? null;
      const view = decoder.getDecodedBuffer();
      const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength).slice();
      const image = { info: { ...info }, bytes, interleaveMode };
      decoder.delete();
      if (module.HEAPU8.length > keptHeapBytes) this.#module = null;
      return image;
    } catch (error) {
      this.#module = null;
      throw new Error(`${this.#className} failed`, { cause: error });
    }
  }

  async #create(): Promise<EmbindModule> {
    const factory = require(this.#moduleName) as (options: object) => Promise<EmbindModule>;
    const silent = () => undefined;
    return factory({ print: silent, printErr: silent });
  }
}
