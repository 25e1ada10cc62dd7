import type { ClipFacts } from '../../core/clip/clip.ts';
import type { FrameSource } from '../dicom/frame-decoder.ts';

/** Where the decoder finds the frames of a clip, as {@link import('./library.ts').Library.clip} gives it. */
export function frameSource({ facts, path }: { facts: ClipFacts; path: string }): FrameSource {
  const { sopInstanceUid, fileName, rows, columns } = facts;
  return { sopInstanceUid, path, fileName, pixels: rows * columns };
}
