import type { Attribute } from './attribute.ts';

/**
 * Pixel Data (7FE0,0010) of at most 8 bits, which PS3.5 section A.2 lets be bytes. Outside of the table of attributes: in
 * dictionaries it has no representation of its own.
 */
export const pixelData: Attribute<'OB'> = { keyword: 'PixelData', tag: 0x7fe0_0010, vr: 'OB' };

/** Compressed frames, each a fragment of its own (PS3.5 annex A.4). */
export class CompressedFrames {
  readonly frames: readonly Uint8Array[];

  constructor(frames: readonly Uint8Array[]) {
    this.frames = frames;
  }
}
