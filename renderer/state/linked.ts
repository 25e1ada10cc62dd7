import type { FrameReference } from '../../core/measurement/measurement.ts';
import { chosenBeats } from './chosen-beats.svelte.ts';
import { litFrames } from './lit-frames.svelte.ts';

/** Handlers that tie a number or a flag to the frames it was read from: pointing lights them, pressing goes there. */
export function linked(sources: readonly FrameReference[]) {
  const light = () => (litFrames.list = sources);
  const dim = () => (litFrames.list = []);
  return {
    onpointerenter: light,
    onpointerleave: dim,
    onfocus: light,
    onblur: dim,
    onclick: () => {
      const first = sources[0];
      if (first) chosenBeats.visit(first);
    },
  };
}

/** True while the pointer is on a contour that the number was read from. */
export function isPointedAt(sources: readonly FrameReference[]): boolean {
  const hovered = litFrames.hovered;
  return (
    hovered !== null &&
    sources.some(
      (source) => source.sopInstanceUid === hovered.sopInstanceUid && source.frame === hovered.frame,
    )
  );
}
