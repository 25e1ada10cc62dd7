import type { PaneClip } from './layout.ts';

/** Pointer movement that makes a press a drag, CSS pixels. */
const leastDrag = 6;

interface Carried {
  readonly clip: PaneClip;
  /** Pane that it would be put into; null while it is over none. */
  readonly pane: number | null;
  /** Where the pointer is in the window; null where it is carried by keys. */
  readonly at: { readonly x: number; readonly y: number } | null;
}

/** A thumbnail on its way into a pane: dragged by mouse, pen or finger, or carried by keys. */
class ClipCarry {
  #carried = $state.raw<Carried | null>(null);
  #pressed: { readonly clip: PaneClip; readonly x: number; readonly y: number } | null = null;
  /** The press that ended in a drag is no click. */
  #dragged = false;

  get clip(): PaneClip | null {
    return this.#carried?.clip ?? null;
  }

  get pane(): number | null {
    return this.#carried?.pane ?? null;
  }

  get at(): Carried['at'] {
    return this.#carried?.at ?? null;
  }

  get byKeys(): boolean {
    return this.#carried !== null && this.#carried.at === null;
  }

  press(clip: PaneClip, { clientX, clientY, button }: PointerEvent): void {
    this.#dragged = false;
    if (button === 0) this.#pressed = { clip, x: clientX, y: clientY };
  }

  /** @returns true where the pointer drags */
  move(event: PointerEvent): boolean {
    const from = this.#pressed;
    if (!from) return false;
    const { clientX: x, clientY: y } = event;
    if (!this.#dragged && Math.hypot(x - from.x, y - from.y) < leastDrag) return false;
    if (!this.#dragged && event.currentTarget instanceof Element) {
      event.currentTarget.setPointerCapture(event.pointerId);
    }
    this.#dragged = true;
    this.#carried = { clip: from.clip, pane: paneAt(x, y), at: { x, y } };
    return true;
  }

  /** @returns the pane that the clip was let go over */
  release(): number | null {
    const pane = this.#pressed ? this.pane : null;
    this.drop();
    return pane;
  }

  /** True once after a drag, for the click that the browser makes of it. */
  swallowsClick(): boolean {
    const dragged = this.#dragged;
    this.#dragged = false;
    return dragged;
  }

  drop(): void {
    this.#pressed = null;
    this.#carried = null;
  }

  /** Takes a clip up by keys, over a pane. */
  takeUp(clip: PaneClip, pane: number): void {
    this.#carried = { clip, pane, at: null };
  }

  carryTo(pane: number): void {
    if (this.#carried) this.#carried = { ...this.#carried, pane };
  }
}

/** The pane under a point of the window. */
function paneAt(x: number, y: number): number | null {
  const pane = document.elementFromPoint(x, y)?.closest<HTMLElement>('[data-pane]')?.dataset['pane'];
  return pane === undefined ? null : Number(pane);
}

/** The pane that an arrow key leads to from another; the same one at an edge. */
export function paneBeside(pane: number, key: string, columns: number, count: number): number {
  const column = pane % columns;
  const to =
    key === 'ArrowLeft' && column > 0
      ? pane - 1
      : key === 'ArrowRight' && column < columns - 1
        ? pane + 1
        : key === 'ArrowUp'
          ? pane - columns
          : key === 'ArrowDown'
            ? pane + columns
            : pane;
  return to >= 0 && to < count ? to : pane;
}

export const clipCarry = new ClipCarry();
