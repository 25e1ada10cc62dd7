import type { KeepMask } from '../../../core/deidentify/keep-mask.ts';
import type { FramePixels } from '../../../core/clip/clip.ts';
import type { OpenInstance } from '../../dicom/instance.ts';

/** A value of the Image Pixel and Multi-frame modules that cleaning changed: text and numbers by their own VR. */
export interface ChangedAttribute {
  /** Group × 65,536 + element. */
  readonly tag: number;
  readonly vr: 'CS' | 'DS' | 'IS' | 'US';
  /** Empty: the attribute is removed. */
  readonly values: readonly (string | number)[];
  /** Only where the file has no value of its own. */
  readonly whenAbsent?: true;
}

/** How the pixels outside of the mask became black. */
export type CleaningMethod =
  /** In the samples as they are stored, written again in the file's own encoding or a lossless one. */
  | 'samples'
  /** In the coefficients of a lossy JPEG; what is kept was never decoded. */
  | 'coefficients';

/** The pixel data of a clip after cleaning, frame after frame, so that no clip is held as a whole. */
export interface CleanedPixels {
  /** How the pixel data are encoded now: that of the file, or of a lossless encoding where the file's would lose more. */
  readonly transferSyntaxUid: string;
  readonly method: CleaningMethod;
  /** Frames are fragments of their own; else they stand one after the other as one value, in the file's byte order. */
  readonly encapsulated: boolean;
  readonly vr: 'OB' | 'OW';
  readonly changed: readonly ChangedAttribute[];
  /** Frames (from 0) that cannot be decoded and are wholly black now. */
  readonly blackFrames: readonly number[];
  /** Bytes of each frame in order, {@link OpenInstance.frames} of them; fragments may have an odd length. */
  frames(): AsyncIterable<Uint8Array>;
}

/** The brightest that each pixel is in any frame, as it is shown, once as it stays and once as it goes. */
export interface CleaningPreview {
  readonly stays: FramePixels;
  readonly goes: FramePixels;
}

/**
 * What cleans the pixels of an instance that is open. It runs in a worker thread, which is ended when it takes too
 * long or is cancelled.
 *
 * @throws SystolaError where the pixels cannot be cleaned, saying why
 */
export type CleanPixels = (clip: OpenInstance, mask: KeepMask, fileName: string) => Promise<CleanedPixels>;
