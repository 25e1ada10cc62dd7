import type { Beat } from '../../core/beat/beat.ts';
import { movedBeats, type Phase } from './moved-beats.ts';

/**
 * What the pointer is doing to a clip's curve, as a value like the gestures on a picture: it holds what it began with and
 * where it has got to. The beats that are shown follow from that, so that cancelling is dropping it.
 */
export type CurveGesture =
  | { readonly state: 'idle' }
  | { readonly state: 'scrubbing' }
  | {
      readonly state: 'moving';
      readonly index: number;
      readonly phase: Phase;
      readonly origin: readonly Beat[];
      /** Frame of the mark, the last one that it was allowed on. */
      readonly at: number;
    };

export const idle: CurveGesture = { state: 'idle' };

export interface MovedMark {
  readonly beats: readonly Beat[];
  readonly phase: Phase;
  readonly frame: number;
}

const frameOf = (beat: Beat, phase: Phase): number => (phase === 'ed' ? beat.edFrame : beat.esFrame);

/** A press beside the marks. */
export const pressedGround = (): CurveGesture => ({ state: 'scrubbing' });

/** A press on a mark; nothing begins on one that is not there. */
export function pressedMark(beats: readonly Beat[], index: number, phase: Phase): CurveGesture {
  const beat = beats[index];
  return beat ? { state: 'moving', index, phase, origin: beats, at: frameOf(beat, phase) } : idle;
}

/** The pointer on another frame; a mark stays where it was last allowed. */
export function draggedTo(gesture: CurveGesture, frame: number): CurveGesture {
  if (gesture.state !== 'moving' || frame === gesture.at) return gesture;
  const { origin, index, phase } = gesture;
  return movedBeats(origin, index, phase, frame) ? { ...gesture, at: frame } : gesture;
}

/** What letting go leaves: the moved mark, or null where it is where it was. */
export function markMoved(gesture: CurveGesture): MovedMark | null {
  if (gesture.state !== 'moving') return null;
  const { origin, index, phase, at } = gesture;
  const beat = origin[index];
  if (!beat || frameOf(beat, phase) === at) return null;
  const beats = movedBeats(origin, index, phase, at);
  return beats && { beats, phase, frame: at };
}

/** A mark moved by a frame with the keys; null where it is not allowed there. */
export function nudged(
  beats: readonly Beat[],
  index: number,
  phase: Phase,
  by: 1 | -1,
  frames: number,
): MovedMark | null {
  const beat = beats[index];
  if (!beat) return null;
  const frame = frameOf(beat, phase) + by;
  if (frame < 0 || frame >= frames) return null;
  return markMoved(draggedTo(pressedMark(beats, index, phase), frame));
}
