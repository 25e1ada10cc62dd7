import type { Point } from '../../core/geometry/point.ts';
import { screenDistance, type PicturePlacement } from './placement.ts';

/** Pointer movement under which a press is a click, pixels on screen. */
const clickPx = 0.75;
/** Share of the pointer's way that a contour follows while Alt is held. */
const slowShare = 0.25;

/** The way of the pointer from a press on: whether it is a click, and how far what is dragged lags behind it. */
export class PointerWay {
  #press: { readonly at: Point; readonly moved: boolean } | null = null;
  #lag: Point = [0, 0];
  #last: Point | null = null;

  press(at: Point): void {
    this.#press = { at, moved: false };
    this.#lag = [0, 0];
    this.#last = at;
  }

  /** Where the hand has got to: with the pointer, or at a quarter of its speed. Image pixels. */
  follow(at: Point, slow: boolean, placement: PicturePlacement): Point {
    const before = this.#last ?? at;
    if (slow) {
      const share = 1 - slowShare;
      this.#lag = [this.#lag[0] + share * (at[0] - before[0]), this.#lag[1] + share * (at[1] - before[1])];
    }
    this.#last = at;
    if (this.#press && screenDistance(placement, this.#press.at, at) >= clickPx) {
      this.#press = { ...this.#press, moved: true };
    }
    return [at[0] - this.#lag[0], at[1] - this.#lag[1]];
  }

  /** The button is let go; true where the pointer has not moved since the press. */
  release(): boolean {
    const click = this.#press?.moved !== true;
    this.#press = null;
    this.catchUp();
    return click;
  }

  /** What was dragged is dropped: the next thing follows from where the pointer is. */
  catchUp(): void {
    this.#lag = [0, 0];
  }

  /** The pointer has left the picture. */
  leave(): void {
    this.#last = null;
  }
}
