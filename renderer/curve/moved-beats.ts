import type { Beat } from '../../core/beat/beat.ts';

export type Phase = 'ed' | 'es';

/**
 * Beats with one marker on another frame. Order along the clip is kept: ED of a beat stays before its ES and after
 * the ES of the beat before; a moved ED also ends the previous beat. Returns null when the frame is not allowed.
 */
export function movedBeats(
  beats: readonly Beat[],
  index: number,
  phase: Phase,
  frame: number,
): Beat[] | null {
  const beat = beats[index];
  if (!beat) return null;
  const previous = beats[index - 1];
  const next = beats[index + 1];
  if (phase === 'ed') {
    // Some clips begin in systole, so an ED may lie behind its ES there; it never crosses it.
    const forwards = beat.edFrame < beat.esFrame;
    if (forwards ? frame >= beat.esFrame : frame <= beat.esFrame) return null;
    if (previous && frame <= previous.esFrame) return null;
    return beats.map((other, at) => {
      if (at === index) return { ...other, edFrame: frame, source: 'user' };
      if (at === index - 1 && other.nextEdFrame !== null)
        return { ...other, nextEdFrame: frame, source: 'user' };
      return other;
    });
  }
  const forwards = beat.edFrame < beat.esFrame;
  if (forwards ? frame <= beat.edFrame : frame >= beat.edFrame) return null;
  if (beat.nextEdFrame !== null && frame >= beat.nextEdFrame) return null;
  if (next && frame >= next.edFrame) return null;
  return beats.map((other, at) => (at === index ? { ...other, esFrame: frame, source: 'user' } : other));
}
