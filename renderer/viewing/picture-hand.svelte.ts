import type { Point } from '../../core/geometry/point.ts';
import { asRecorded, draggedWindow, type GreyWindow } from './grey-window.ts';
import {
  fitted,
  pannedBy,
  wheelFactor,
  zoomedAt,
  type ElementSize,
  type PlacedPicture,
  type Viewing,
} from './placement.ts';
import { TwoFingers, type FingerStep } from './two-fingers.ts';

/** How a clip is looked at; shared by its pictures. */
export interface LookedAt {
  viewing: Viewing;
  window: GreyWindow;
}

export interface HeldPicture {
  clip(): LookedAt;
  picture(): PlacedPicture;
  element(): ElementSize;
}

/** Two presses of the right button within this time, at one place, are a double-click. */
const doubleClickMs = 500;
/** Movement under which a press of the right button is a click, CSS pixels. */
const clickPx = 3;

/** The hand that moves a picture and turns its brightness, beside the one that corrects contours. */
export class PictureHand {
  readonly #held: HeldPicture;
  #drag:
    | { readonly kind: 'pan'; readonly pointerId: number; last: Point }
    | {
        readonly kind: 'window';
        readonly pointerId: number;
        readonly from: GreyWindow;
        readonly start: Point;
        moved: boolean;
      }
    | { readonly kind: 'fingers' }
    | null = null;
  readonly #fingers = new TwoFingers();
  #lastClickMs = -Infinity;
  panning = $state(false);

  constructor(held: HeldPicture) {
    this.#held = held;
  }

  /**
   * Takes the press when it is the hand's: the middle button, the left one with the panning key, the right one, and
   * the second finger.
   */
  down(event: PointerEvent, panKey: boolean): boolean {
    if (this.#fingers.down(event)) this.#drag = { kind: 'fingers' };
    if (this.#drag) return true;
    const at: Point = [event.clientX, event.clientY];
    const { pointerId } = event;
    if (event.button === 1 || (event.button === 0 && panKey)) {
      this.#drag = { kind: 'pan', pointerId, last: at };
      this.panning = true;
      return true;
    }
    if (event.button === 2) {
      this.#drag = { kind: 'window', pointerId, from: this.#held.clip().window, start: at, moved: false };
      return true;
    }
    return false;
  }

  move(event: PointerEvent): boolean {
    const drag = this.#drag;
    const step = this.#fingers.move(event);
    if (drag?.kind === 'fingers') {
      if (step) this.#follow(event, step);
      return true;
    }
    if (!drag || drag.pointerId !== event.pointerId) return false;
    const clip = this.#held.clip();
    if (drag.kind === 'pan') {
      const by: Point = [event.clientX - drag.last[0], event.clientY - drag.last[1]];
      drag.last = [event.clientX, event.clientY];
      clip.viewing = pannedBy(this.#held.picture(), this.#held.element(), clip.viewing, by);
      return true;
    }
    const by: Point = [event.clientX - drag.start[0], event.clientY - drag.start[1]];
    drag.moved ||= Math.hypot(...by) >= clickPx;
    if (drag.moved) clip.window = draggedWindow(drag.from, by);
    return true;
  }

  /** The picture stays under the fingers. */
  #follow({ currentTarget }: PointerEvent, { by, about, factor }: FingerStep): void {
    const clip = this.#held.clip();
    const { left, top } = (currentTarget as Element).getBoundingClientRect();
    clip.viewing = pannedBy(this.#held.picture(), this.#held.element(), clip.viewing, by);
    this.zoom(factor, [about[0] - left, about[1] - top]);
  }

  up(event: PointerEvent): boolean {
    const drag = this.#drag;
    const left = this.#fingers.up(event);
    if (drag?.kind === 'fingers') {
      // The finger that stays for a moment longer means nothing of its own.
      if (left === 0) this.drop();
      return true;
    }
    if (!drag || drag.pointerId !== event.pointerId) return false;
    this.move(event);
    this.drop();
    if (drag.kind === 'window' && !drag.moved) {
      if (event.timeStamp - this.#lastClickMs <= doubleClickMs) this.#held.clip().window = asRecorded;
      this.#lastClickMs = event.timeStamp;
    }
    return true;
  }

  /** The drag ends where it is. */
  drop(): void {
    this.#drag = null;
    this.#fingers.clear();
    this.panning = false;
  }

  wheel(event: WheelEvent, at: Point): void {
    this.zoom(wheelFactor(event), at);
  }

  /** Zooms about a point of the element, its middle unless told otherwise. */
  zoom(factor: number, at?: Point): void {
    const clip = this.#held.clip();
    const element = this.#held.element();
    const about = at ?? [element.width / 2, element.height / 2];
    clip.viewing = zoomedAt(this.#held.picture(), element, clip.viewing, about, factor);
  }

  fit(): void {
    this.#held.clip().viewing = fitted;
  }
}
