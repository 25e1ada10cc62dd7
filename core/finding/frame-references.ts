import type { FrameReference } from '../measurement/measurement.ts';

/** Frames of one clip as sources of a finding. */
export function frameReferences(sopInstanceUid: string, frames: readonly number[]): FrameReference[] {
  return [...new Set(frames)].sort((a, b) => a - b).map((frame) => ({ sopInstanceUid, frame }));
}
