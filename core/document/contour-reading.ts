import type { TracesBlock } from '../export/traces-block.ts';
import type { Point } from '../geometry/point.ts';
import type { Caliper } from '../mark/mark.ts';
import type { StructureId } from '../structure/structure.ts';

/** An outline that a document has drawn on a frame. */
export interface OutlinedRegion {
  readonly sopInstanceUid: string;
  /** From 0. */
  readonly frame: number;
  readonly structure: StructureId;
  /** In our image pixels, (0,0) the middle of the first one. */
  readonly outline: readonly Point[];
  /** Of the picture that it was drawn on, where the document says so: only a clip of this size is that one. */
  readonly size?: { readonly rows: number; readonly columns: number };
}

/** A distance that a document has measured on a frame, in our image pixels, with what it is of. */
export interface MeasuredLine extends Pick<Caliper, 'frame' | 'from' | 'to' | 'name' | 'words'> {
  readonly sopInstanceUid: string;
}

/** The contours and distances of a document, before anybody has taken them over. */
export type ContourReading =
  | { readonly kind: 'exact'; readonly block: TracesBlock }
  | {
      readonly kind: 'fitted';
      readonly regions: readonly OutlinedRegion[];
      readonly lines?: readonly MeasuredLine[];
      readonly leftOut: number;
    };
