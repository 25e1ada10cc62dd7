import { asRecorded, type GreyWindow } from '../viewing/grey-window.ts';
import type { PicturePlacement } from '../viewing/placement.ts';
import { cachedFrame, FrameSurface } from './frame-image.ts';

/** A canvas that shows frames of clips at once, without waiting for an animation frame. */
export class PictureCanvas {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  readonly #surface = new FrameSurface();
  #placement: PicturePlacement | null = null;
  #window: GreyWindow = asRecorded;
  #ratio = 1;
  #sopInstanceUid = '';
  #frame = -1;

  constructor(canvas: HTMLCanvasElement) {
    const context = canvas.getContext('2d', { alpha: false });
    if (!context) throw new Error('This browser has no 2D canvas.');
    this.#canvas = canvas;
    this.#context = context;
  }

  /** Says where the picture lies in an element of so many CSS pixels, and draws it there. */
  place(placement: PicturePlacement, width: number, height: number, window: GreyWindow): void {
    const ratio = globalThis.devicePixelRatio || 1;
    const columns = Math.max(2, Math.round(width * ratio));
    const rows = Math.max(2, Math.round(height * ratio));
    if (this.#canvas.width !== columns) this.#canvas.width = columns;
    if (this.#canvas.height !== rows) this.#canvas.height = rows;
    this.#placement = placement;
    this.#window = window;
    this.#ratio = ratio;
    if (this.#frame >= 0) this.show(this.#sopInstanceUid, this.#frame);
  }

  /**
   * Draws a frame synchronously when it is in the window.
   * @returns false when it is not there yet; the picture then stays as it is.
   */
  show(sopInstanceUid: string, frame: number): boolean {
    const image = cachedFrame(sopInstanceUid, frame);
    const placement = this.#placement;
    if (!image || !placement) return false;
    this.#sopInstanceUid = sopInstanceUid;
    this.#frame = frame;
    const surface = this.#surface.of(image, this.#window);
    const context = this.#context;
    const { scaleX, scaleY, originX, originY } = placement;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.fillStyle = '#000';
    context.fillRect(0, 0, this.#canvas.width, this.#canvas.height);
    const ratio = this.#ratio;
    context.setTransform(scaleX * ratio, 0, 0, scaleY * ratio, originX * ratio, originY * ratio);
    // The frame begins half a pixel before the centre of its first one.
    context.drawImage(surface, -0.5, -0.5);
    return true;
  }
}
