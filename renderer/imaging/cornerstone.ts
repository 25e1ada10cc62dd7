import { cache, imageLoader, init, type Types } from '@cornerstonejs/core';
import { imageScheme, loadFrameImage } from './frame-image.ts';

/*
 * Cornerstone loads frames and keeps them within a budget; our own canvas draws them (picture-canvas.ts). Displayed
 * echo frames are 8 bits with nothing left to window, so a picture is one scaled copy, in the same animation frame
 * that asked for it, with the same grey levels on every graphics card and on none.
 */

let started = false;

/** Makes frames of the scheme `systola:` loadable; on first use. */
export function startCornerstone(): void {
  if (started) return;
  started = true;
  init();
  imageLoader.registerImageLoader(imageScheme, loadFrameImage as unknown as Types.ImageLoaderFn);
}

/** Budget of frames kept in the window, in bytes; the oldest go first. */
export function setFrameBudget(bytes: number): void {
  cache.setMaxCacheSize(bytes);
}
