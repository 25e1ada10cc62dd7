import type { Beat } from '../../core/beat/beat.ts';

/** Beats after one was added or removed by hand, and which beat of before is which. */
export interface EditedBeats {
  readonly beats: Beat[];
  /** Index in `beats` of each beat of before; null for one that was removed. */
  sameBeat(index: number): number | null;
}

/** Of the curve's range: what falls less is no ejection. */
const leastFallShare = 0.1;

/**
 * The beats with a new one at a frame: ED and ES where the volume falls most between the end systole before and the end
 * diastole after, with the frame in that beat. Inside of a beat it begins after that beat's ES, which then ends with the
 * new ED. Null where there is no room: between ED and ES of a beat, or where nothing falls.
 *
 * @param curve volume or area of each frame, null without a contour
 */
export function withBeatAt(
  beats: readonly Beat[],
  curve: readonly (number | null)[],
  frame: number,
): (EditedBeats & { readonly index: number }) | null {
  const index = beats.filter(({ edFrame, esFrame }) => Math.min(edFrame, esFrame) <= frame).length;
  const previous = beats[index - 1];
  const next = beats[index];
  if (previous && frame <= Math.max(previous.edFrame, previous.esFrame)) return null;
  const end = previous?.nextEdFrame ?? null;
  const behind = end !== null && frame >= end;
  const from = behind ? end : previous ? Math.max(previous.edFrame, previous.esFrame) + 1 : 0;
  const nextStart = next && Math.min(next.edFrame, next.esFrame);
  const to = (behind || end === null ? (nextStart ?? curve.length) : end) - 1;
  const fall = deepestFall(curve, from, to, frame);
  if (!fall) return null;
  const added: Beat = {
    ...fall,
    nextEdFrame: behind || end === null ? (next && next.edFrame > fall.esFrame ? next.edFrame : null) : end,
    source: 'user',
  };
  const before = beats.slice(0, index);
  // A beat that the new one is cut from, or that was cut off, ends where the new one begins.
  if (previous && !behind) before[index - 1] = { ...previous, nextEdFrame: fall.edFrame, source: 'user' };
  return {
    beats: [...before, added, ...beats.slice(index)],
    index,
    sameBeat: (old) => (old < index ? old : old + 1),
  };
}

/** The beats without one; the beat before it goes on to its end, since a heart's cycle has no hole. */
export function withoutBeat(beats: readonly Beat[], index: number): EditedBeats | null {
  const removed = beats[index];
  if (!removed) return null;
  const others = beats.flatMap((beat, at): Beat[] => {
    if (at === index) return [];
    const goesOn = at === index - 1 && beat.nextEdFrame === removed.edFrame;
    return [goesOn ? { ...beat, nextEdFrame: removed.nextEdFrame, source: 'user' } : beat];
  });
  return {
    beats: others,
    sameBeat: (old) => (old === index ? null : old < index ? old : old - 1),
  };
}

/** Largest ED before smallest ES in a span, such that the frame lies in or near the fall; null where nothing falls. */
function deepestFall(
  curve: readonly (number | null)[],
  from: number,
  to: number,
  frame: number,
): { edFrame: number; esFrame: number } | null {
  const extreme = (first: number, last: number, sign: 1 | -1): number | null => {
    let best: number | null = null;
    for (let at = first; at <= last; at += 1) {
      const value = curve[at] ?? null;
      if (value !== null && (best === null || sign * value > sign * curve[best]!)) best = at;
    }
    return best;
  };
  const upTo = extreme(from, Math.min(frame, to), 1);
  const after = upTo === null ? null : extreme(upTo + 1, to, -1);
  const ahead = extreme(Math.max(frame, from), to, -1);
  const before = ahead === null ? null : extreme(from, ahead - 1, 1);
  const falls = [
    [upTo, after],
    [before, ahead],
  ].flatMap(([ed, es]) => {
    if (typeof ed !== 'number' || typeof es !== 'number') return [];
    return [{ edFrame: ed, esFrame: es, fall: curve[ed]! - curve[es]! }];
  });
  const known = curve.filter((value) => value !== null);
  const least = leastFallShare * (Math.max(...known) - Math.min(...known));
  const [best] = falls.filter(({ fall }) => fall > 0 && fall >= least).toSorted((a, b) => b.fall - a.fall);
  return best ? { edFrame: best.edFrame, esFrame: best.esFrame } : null;
}
