import type { EcgTrace } from '../../core/clip/ecg.ts';

/** Where an ECG is drawn, CSS pixels. */
export interface EcgRoom {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  /** Time at the right edge, ms; 0 is at the left. */
  readonly endMs: number;
}

/**
 * The line of an ECG over the time of its loop, the greatest value at the top. Of values that fall on one pixel the least
 * and the greatest are drawn, so that no R wave is lost; gaps stay gaps.
 */
export function ecgPath({ values, stepMs, startMs }: EcgTrace, room: EcgRoom): string {
  const first = Math.max(0, Math.ceil(-startMs / stepMs));
  const last = Math.min(values.length - 1, Math.floor((room.endMs - startMs) / stepMs));
  let [least, greatest] = [Infinity, -Infinity];
  for (let index = first; index <= last; index += 1) {
    const value = values[index] ?? null;
    if (value === null) continue;
    least = Math.min(least, value);
    greatest = Math.max(greatest, value);
  }
  if (!(greatest > least)) return '';
  const y = (value: number): string =>
    (room.bottom - ((room.bottom - room.top) * (value - least)) / (greatest - least)).toFixed(1);
  const x = (index: number): number =>
    room.left + ((room.right - room.left) * (startMs + index * stepMs)) / room.endMs;

  let path = '';
  let open = false;
  const put = (at: number, value: number): void => {
    path += `${open ? 'L' : 'M'}${at.toFixed(1)} ${y(value)}`;
    open = true;
  };
  for (let index = first; index <= last;) {
    const value = values[index] ?? null;
    if (value === null) {
      open = false;
      index += 1;
      continue;
    }
    const pixel = Math.floor(x(index));
    let [low, high, lowAt, highAt] = [value, value, index, index];
    let next = index + 1;
    for (; next <= last && Math.floor(x(next)) === pixel; next += 1) {
      const other = values[next] ?? null;
      if (other === null) break;
      if (other < low) [low, lowAt] = [other, next];
      if (other > high) [high, highAt] = [other, next];
    }
    if (lowAt === highAt) put(x(index), value);
    else if (lowAt < highAt) {
      put(x(lowAt), low);
      put(x(highAt), high);
    } else {
      put(x(highAt), high);
      put(x(lowAt), low);
    }
    index = next;
  }
  return path;
}
