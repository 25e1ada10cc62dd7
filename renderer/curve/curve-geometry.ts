import type { ClipTiming } from '../../core/clip/timing.ts';

/** How a clip's curve lies in its plot: ms to x, volume to y, CSS pixels. */
export interface CurveScale {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  /** Time at the right edge, ms. */
  readonly endMs: number;
  /** Value at the top edge; 0 lies at the bottom, so that heights compare. */
  readonly most: number;
}

const steps = [1, 2, 2.5, 5, 10];

/** A round step that divides a range into about `parts`. */
export function roundStep(range: number, parts: number): number {
  const rough = Math.max(range, 1e-9) / parts;
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  return (steps.find((step) => step * magnitude >= rough) ?? 10) * magnitude;
}

export function curveScale(
  timing: ClipTiming,
  values: readonly (number | null)[],
  width: number,
  height: number,
): CurveScale {
  const greatest = values.reduce<number>((most, value) => Math.max(most, value ?? 0), 0);
  const step = roundStep(greatest || 100, 3);
  return {
    left: 46,
    right: Math.max(60, width - 10),
    top: 22,
    bottom: Math.max(40, height - 20),
    endMs: Math.max(1, timing.frameTimesMs[timing.frameTimesMs.length - 1] ?? 1),
    most: Math.ceil(((greatest || 100) * 1.04) / step) * step,
  };
}

export const xOf = (scale: CurveScale, timeMs: number): number =>
  scale.left + ((scale.right - scale.left) * timeMs) / scale.endMs;

export const yOf = (scale: CurveScale, value: number): number =>
  scale.bottom - ((scale.bottom - scale.top) * value) / scale.most;

export function timeAt(scale: CurveScale, x: number): number {
  const share = (x - scale.left) / (scale.right - scale.left);
  return Math.min(1, Math.max(0, share)) * scale.endMs;
}

/** The frame whose time is nearest. */
export function frameNear(timing: ClipTiming, timeMs: number): number {
  const times = timing.frameTimesMs;
  let low = 0;
  let high = times.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? 0) < timeMs) low = middle + 1;
    else high = middle;
  }
  const before = Math.max(0, low - 1);
  return timeMs - (times[before] ?? 0) <= (times[low] ?? 0) - timeMs ? before : low;
}

/** Lines of a curve with gaps where there is no value; single values become a short dash. */
export function curvePath(scale: CurveScale, timing: ClipTiming, values: readonly (number | null)[]): string {
  let path = '';
  let open = false;
  values.forEach((value, frame) => {
    if (value === null) {
      open = false;
      return;
    }
    const x = xOf(scale, timing.frameTimesMs[frame] ?? 0).toFixed(1);
    const y = yOf(scale, value).toFixed(1);
    path += open ? `L${x} ${y}` : `M${x} ${y}h.01`;
    open = true;
  });
  return path;
}

/**
 * Where a caption in the markers' row stands clear of their labels: at the right, in the middle or at the left, the
 * first that is free; null where none is.
 *
 * @param markers places of the markers, CSS pixels, as all else here
 */
export function captionPlace(
  scale: Pick<CurveScale, 'left' | 'right'>,
  markers: readonly number[],
  captionWidth: number,
): { readonly x: number; readonly anchor: 'start' | 'middle' | 'end' } | null {
  const markerHalf = 14;
  const middle = (scale.left + scale.right) / 2;
  const places = [
    { x: scale.right, anchor: 'end', from: scale.right - captionWidth },
    { x: middle, anchor: 'middle', from: middle - captionWidth / 2 },
    { x: scale.left, anchor: 'start', from: scale.left },
  ] as const;
  const free = places.find(
    ({ from }) =>
      from >= scale.left &&
      from + captionWidth <= scale.right + 0.5 &&
      markers.every((at) => at + markerHalf < from || at - markerHalf > from + captionWidth),
  );
  return free ? { x: free.x, anchor: free.anchor } : null;
}
