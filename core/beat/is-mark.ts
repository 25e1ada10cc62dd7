import type { Beat } from './beat.ts';

/** Whether a frame is ED or ES of one of the beats: a correction there must not make another frame ED or ES. */
export function isMark(beats: readonly Beat[], frame: number): boolean {
  return beats.some(({ edFrame, esFrame }) => edFrame === frame || esFrame === frame);
}
