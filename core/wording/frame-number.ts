import { message, type Message } from '../language/message.ts';

/**
 * Frames count from 1 wherever a person reads them, as scanners and other workstations count them. Code, files and the
 * command line's output count from 0, as DICOM's vectors are indexed.
 */
export const frameNumber = (frame: number): number => frame + 1;

/** "frame 12", "frames 3–9, 12": every frame, runs of neighbours joined. */
export function frameRanges(frames: readonly number[]): Message {
  const distinct = [...new Set(frames)].toSorted((a, b) => a - b);
  const runs: [number, number][] = [];
  for (const frame of distinct) {
    const last = runs.at(-1);
    if (last && frame === last[1] + 1) last[1] = frame;
    else runs.push([frame, frame]);
  }
  const words = runs.map(([from, to]) => {
    const [first, last] = [frameNumber(from), frameNumber(to)];
    return from === to ? `${first}` : to === from + 1 ? `${first}, ${last}` : `${first}–${last}`;
  });
  return message('frames.named', { count: distinct.length, frames: words.join(', ') });
}
