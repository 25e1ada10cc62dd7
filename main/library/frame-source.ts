import type { ClipFacts } from '../../core/clip/clip.ts';
import type { FrameSource } from '../dicom/frame-decoder.ts';

export interface StoredClipFile {
  readonly facts: ClipFacts;
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** Where the decoder finds the frames of a clip, as the library's `clip` gives it. */
export function frameSource({ facts, path, sha256, bytes }: StoredClipFile): FrameSource {
  const { sopInstanceUid, fileName, rows, columns } = facts;
  return { sopInstanceUid, path, fileName, pixels: rows * columns, stored: { sha256, bytes } };
}
