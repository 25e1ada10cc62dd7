import type { Point } from '../../core/geometry/point.ts';

/** What two fingers did since they were last heard of, CSS pixels of the window. */
export interface FingerStep {
  readonly by: Point;
  /** Between the fingers. */
  readonly about: Point;
  /** How much farther apart they are. */
  readonly factor: number;
}

type Touch = Pick<PointerEvent, 'pointerType' | 'pointerId' | 'isPrimary' | 'clientX' | 'clientY'>;

/** Nearer to each other their distance says little, CSS pixels. */
const leastApart = 16;

/** Follows the fingers on one picture: two of them pan and zoom. */
export class TwoFingers {
  readonly #at = new Map<number, Point>();

  /** @returns true where this finger is the second */
  down(event: Touch): boolean {
    if (event.pointerType !== 'touch') return false;
    // The first finger of a touch: whatever was there before has been lifted unseen.
    if (event.isPrimary) this.clear();
    this.#at.set(event.pointerId, [event.clientX, event.clientY]);
    return this.#at.size === 2;
  }

  /** @returns null unless there are two fingers, one of which moved */
  move(event: Touch): FingerStep | null {
    if (!this.#at.has(event.pointerId)) return null;
    const before = this.#pair();
    this.#at.set(event.pointerId, [event.clientX, event.clientY]);
    const now = this.#pair();
    if (!before || !now) return null;
    return {
      by: [now.middle[0] - before.middle[0], now.middle[1] - before.middle[1]],
      about: now.middle,
      factor: Math.max(leastApart, now.apart) / Math.max(leastApart, before.apart),
    };
  }

  /** @returns how many fingers are left */
  up(event: Pick<PointerEvent, 'pointerId'>): number {
    this.#at.delete(event.pointerId);
    return this.#at.size;
  }

  clear(): void {
    this.#at.clear();
  }

  #pair(): { readonly middle: Point; readonly apart: number } | null {
    const [a, b, more] = [...this.#at.values()];
    if (!a || !b || more) return null;
    return {
      middle: [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2],
      apart: Math.hypot(a[0] - b[0], a[1] - b[1]),
    };
  }
}
