import type { ClipTiming } from './timing.ts';

/**
 * The frame that is on screen when a clip has been playing for `elapsedMs` from the start of frame 0.
 *
 * `loop` shows 0, 1, … n−1, 0, 1, …; `sweep` shows 0, 1, … n−1, n−2, … 1, 0, 1, … (DICOM PS3.3 C.7.6.5,
 * Preferred Playback Sequencing): the frames at both ends are shown once a turn. Each frame stays for its own
 * showing time in both directions. Playback asks this with the wall clock, so a late picture is skipped instead
 * of slowing the heart down. Negative times are wrapped the same way.
 */
export function frameAt(
  timing: ClipTiming,
  elapsedMs: number,
  playback: ClipTiming['playback'] = timing.playback,
): number {
  const { frameTimesMs, durationMs } = timing;
  const last = frameTimesMs.length - 1;
  if (last <= 0 || durationMs <= 0 || !Number.isFinite(elapsedMs)) return 0;
  if (playback === 'loop') return latestStart(frameTimesMs, wrap(elapsedMs, durationMs));
  const lastStart = frameTimesMs[last]!;
  const backwardsMs = lastStart - frameTimesMs[1]!;
  const position = wrap(elapsedMs, durationMs + backwardsMs);
  if (position < durationMs) return latestStart(frameTimesMs, position);
  // Mirrored in time: at the turn the start of the last frame is the end of the frame before it.
  const mirrored = lastStart - (position - durationMs);
  const frame = latestStart(frameTimesMs, mirrored);
  return frameTimesMs[frame] === mirrored ? Math.max(1, frame - 1) : frame;
}

/** Time in ms from the start of the clip at which a frame comes on screen in the forward direction. */
export function elapsedOf(timing: ClipTiming, frame: number): number {
  const last = timing.frameTimesMs.length - 1;
  return timing.frameTimesMs[Math.min(Math.max(Math.trunc(frame), 0), last)] ?? 0;
}

function wrap(value: number, period: number): number {
  const rest = value % period;
  return rest < 0 ? rest + period : rest;
}

/** Index of the last start that is not later than `position`, by bisection. */
function latestStart(startsMs: readonly number[], position: number): number {
  let low = 0;
  let high = startsMs.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (startsMs[middle]! <= position) low = middle;
    else high = middle - 1;
  }
  return low;
}
