/**
 * Something in a file that is missing, damaged or contradicts another part of it, and how it was read all the same.
 * Kept in the facts, so that whoever reads the numbers is told (core/finding/file-findings.ts).
 */
export type FileOddity =
  /** A UID that the file lacks, or that is none, and what stands in its place was made from. */
  | {
      readonly kind: 'uid-derived';
      readonly what: 'sop-instance' | 'series' | 'study' | 'sop-class';
      readonly from: 'file-header' | 'patient-and-time' | 'series' | 'study' | 'content' | 'modality';
    }
  /** Elements of the header that could not be understood. */
  | { readonly kind: 'damaged-parts'; readonly count: number }
  /** Transfer Syntax UID as stated (null: not at all), and as the pixels are packed. */
  | { readonly kind: 'syntax-differs'; readonly stated: string | null; readonly found: string }
  /** Number of Frames as stated (null: not at all, or no number), and the frames that are whole. */
  | {
      readonly kind: 'frames-differ';
      readonly stated: number | null;
      readonly found: number;
      /** The pixel data end early. */
      readonly cutShort: boolean;
    }
  /** Frames per second by the attribute that the frame times are from, and by one that contradicts it. */
  | {
      readonly kind: 'frame-rate-differs';
      readonly framesPerSecond: number;
      readonly attribute: TimingAttribute;
      readonly otherFramesPerSecond: number;
    }
  /** The Frame Time Vector holds times from the first frame instead of gaps, and was read so. */
  | { readonly kind: 'frame-times-cumulative' }
  /** An attribute of timing is there and cannot be used: wrong number of values, zero, negative or none at all. */
  | { readonly kind: 'frame-times-unusable'; readonly attribute: TimingAttribute }
  /** Pixel Spacing and the ultrasound region, mm per pixel [x, y]. The region counts (PS3.3 C.8.5.5). */
  | {
      readonly kind: 'spacing-differs';
      readonly pixelSpacingMm: readonly [number, number];
      readonly regionMm: readonly [number, number];
    };

/** Names as in PS3.6. */
export const timingAttributes = [
  'Frame Time',
  'Frame Time Vector',
  'Actual Frame Duration',
  'Effective Duration',
  'Cine Rate',
  'Recommended Display Frame Rate',
] as const;
export type TimingAttribute = (typeof timingAttributes)[number];
