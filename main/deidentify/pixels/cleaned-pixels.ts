import type { OpenInstance } from '../../dicom/instance.ts';

/** Which pixels of a clip are shown after cleaning; all others are black in every frame. */
export interface KeepMask {
  readonly rows: number;
  readonly columns: number;
  /** Row by row, one byte a pixel: 1 is kept, 0 is black. */
  readonly kept: Uint8Array;
}

/** A value of the Image Pixel and Multi-frame modules that cleaning changed: text and numbers by their own VR. */
export interface ChangedAttribute {
  /** Group × 65,536 + element. */
  readonly tag: number;
  readonly vr: 'CS' | 'DS' | 'IS' | 'US';
  /** Empty: the attribute is removed. */
  readonly values: readonly (string | number)[];
}

/** The pixel data of a clip after cleaning, frame after frame, so that no clip is held as a whole. */
export interface CleanedPixels {
  /** How the pixel data are encoded now: that of the file, or of a lossless encoding where the file's would lose more. */
  readonly transferSyntaxUid: string;
  /** Frames are fragments of their own; else they stand one after the other as one value, in the file's byte order. */
  readonly encapsulated: boolean;
  readonly vr: 'OB' | 'OW';
  readonly changed: readonly ChangedAttribute[];
  /** Bytes of each frame in order, {@link OpenInstance.frames} of them; fragments may have an odd length. */
  frames(): AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/**
 * What cleans the pixels of an instance that is open. It runs in a worker thread, which is ended when it takes too
 * long or is cancelled.
 *
 * @throws SystolaError where the pixels cannot be cleaned, saying why
 */
export type CleanPixels = (clip: OpenInstance, mask: KeepMask, fileName: string) => Promise<CleanedPixels>;

/**
 * A first mask for a clip: its regions and the fan in its pixels. Null where neither is found, so that a person has to
 * draw one.
 */
export type SuggestMask = (clip: OpenInstance, fileName: string) => Promise<KeepMask | null>;
