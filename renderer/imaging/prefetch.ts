import { cachedFrame, loadFrame } from './frame-image.ts';

/** Requests in flight at once: leaves room among a browser's six for the event stream and the user. */
const parallel = 4;

interface Prefetched {
  readonly sopInstanceUid: string;
  readonly frames: number;
  /** Frame around which frames are wanted first. */
  around(): number;
  onLoaded(frame: number): void;
  onFailed(frame: number, error: Error): void;
}

const wanted = new Map<string, { clip: Prefetched; done: Set<number> }>();
let inFlight = 0;
let turn = 0;

function nextFrame(clip: Prefetched, done: ReadonlySet<number>): number | null {
  const start = clip.around();
  for (let step = 0; step < clip.frames; step += 1) {
    const frame = (start + step) % clip.frames;
    if (!done.has(frame)) return frame;
  }
  return null;
}

function pump(): void {
  while (inFlight < parallel && wanted.size > 0) {
    const entries = [...wanted.values()];
    let started = false;
    for (let offset = 0; offset < entries.length && !started; offset += 1) {
      const entry = entries[(turn + offset) % entries.length];
      if (!entry) continue;
      const frame = nextFrame(entry.clip, entry.done);
      if (frame === null) continue;
      turn += 1;
      started = true;
      entry.done.add(frame);
      inFlight += 1;
      loadFrame(entry.clip.sopInstanceUid, frame)
        .then(
          () => entry.clip.onLoaded(frame),
          (error: Error) => entry.clip.onFailed(frame, error),
        )
        .finally(() => {
          inFlight -= 1;
          pump();
        });
    }
    if (!started) return;
  }
}

/**
 * Brings all frames of a clip into the window, from the playhead onwards, several clips by turns.
 * Returns a function that stops it.
 */
export function prefetchClip(clip: Prefetched): () => void {
  const done = new Set<number>();
  for (let frame = 0; frame < clip.frames; frame += 1) {
    if (cachedFrame(clip.sopInstanceUid, frame)) {
      done.add(frame);
      clip.onLoaded(frame);
    }
  }
  wanted.set(clip.sopInstanceUid, { clip, done });
  pump();
  return () => {
    if (wanted.get(clip.sopInstanceUid)?.clip === clip) wanted.delete(clip.sopInstanceUid);
  };
}
