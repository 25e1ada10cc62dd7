import type { FrameReference } from '../measurement/measurement.ts';

/** "frame 12" or "frames 3, 4, 5 and 8 more", for a message. */
export function frameList(frames: readonly number[], shown = 5): string {
  const distinct = [...new Set(frames)].sort((a, b) => a - b);
  const head = distinct.slice(0, shown).join(', ');
  const rest = distinct.length - shown;
  const more = rest > 0 ? ` and ${rest} more` : '';
  return `${distinct.length === 1 ? 'frame' : 'frames'} ${head}${more}`;
}

/** Frames of one clip as sources of a finding. */
export function frameReferences(sopInstanceUid: string, frames: readonly number[]): FrameReference[] {
  return [...new Set(frames)].sort((a, b) => a - b).map((frame) => ({ sopInstanceUid, frame }));
}
