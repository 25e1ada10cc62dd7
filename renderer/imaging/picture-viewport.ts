import type { StackViewport } from '@cornerstonejs/core';
import { ViewportType, renderingEngine } from './cornerstone.ts';
import { cachedFrame, frameImageId } from './frame-image.ts';

let counter = 0;

/** One Cornerstone stack viewport that shows frames of one clip at once, without waiting for an animation frame. */
export class PictureViewport {
  readonly #id = `picture-${(counter += 1)}`;
  readonly #element: HTMLDivElement;
  #viewport: StackViewport;
  #sopInstanceUid = '';
  #frame = -1;

  constructor(element: HTMLDivElement) {
    this.#element = element;
    this.#viewport = this.#enable();
  }

  #enable(): StackViewport {
    const engine = renderingEngine();
    engine.enableElement({ viewportId: this.#id, type: ViewportType.STACK, element: this.#element });
    // Keyboard focus belongs to the overlay above the picture.
    this.#element.removeAttribute('tabindex');
    return engine.getViewport(this.#id) as StackViewport;
  }

  /**
   * Draws a frame synchronously when it is in the window.
   * @returns false when it is not there yet; the picture then stays as it is.
   */
  show(sopInstanceUid: string, frame: number): boolean {
    const image = cachedFrame(sopInstanceUid, frame);
    if (!image) return false;
    if (this.#sopInstanceUid !== sopInstanceUid) {
      this.#sopInstanceUid = sopInstanceUid;
      void this.#viewport.setStack([frameImageId(sopInstanceUid, frame)], 0);
      this.#restart();
    }
    this.#frame = frame;
    this.#viewport.renderImageObject(image);
    this.#viewport.customRenderViewportToCanvas();
    return true;
  }

  /** Fits the picture into its element again after a change of size. */
  resize(): void {
    this.#restart();
    if (this.#frame >= 0) this.show(this.#sopInstanceUid, this.#frame);
  }

  /** A fresh viewport costs under a millisecond here and is always fitted to its element. */
  #restart(): void {
    renderingEngine().disableElement(this.#id);
    this.#viewport = this.#enable();
    const canvas = this.#viewport.canvas;
    const ratio = window.devicePixelRatio || 1;
    canvas.width = Math.max(2, Math.round(this.#element.clientWidth * ratio));
    canvas.height = Math.max(2, Math.round(this.#element.clientHeight * ratio));
  }

  destroy(): void {
    renderingEngine().disableElement(this.#id);
  }
}
