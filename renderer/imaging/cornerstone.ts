import {
  Enums,
  RenderingEngine,
  cache,
  imageLoader,
  init,
  metaData,
  setUseCPURendering,
  type Types,
} from '@cornerstonejs/core';
import { clipPixels, loadFrameImage, imageScheme } from './frame-image.ts';

/*
 * Cornerstone draws every picture through its canvas pipeline, not through WebGL. Displayed echo frames are
 * 8 bits with nothing left to window, so a picture is one scaled copy; the canvas pipeline does it synchronously,
 * in the same animation frame that asked for it, and gives the same grey levels on every graphics card and on none.
 * The WebGL pipeline draws an animation frame later and needs up to 40 ms a picture in software.
 */

let engine: RenderingEngine | null = null;

/** The window's one rendering engine, started on first use. */
export function renderingEngine(): RenderingEngine {
  if (engine) return engine;
  init();
  setUseCPURendering(true);
  imageLoader.registerImageLoader(imageScheme, loadFrameImage as unknown as Types.ImageLoaderFn);
  metaData.addProvider(provideMetadata, 1000);
  engine = new RenderingEngine('systola');
  return engine;
}

/** Budget of frames kept in the window, in bytes; the oldest go first. */
export function setFrameBudget(bytes: number): void {
  cache.setMaxCacheSize(bytes);
}

export const { ViewportType } = Enums;

/** World coordinates are image pixels: spacing 1, origin 0, so that overlays need no second calibration. */
function provideMetadata(type: string, imageId: string): object | undefined {
  if (!imageId.startsWith(`${imageScheme}:`)) return undefined;
  const size = clipPixels(imageId);
  if (!size) return undefined;
  if (type === 'imagePixelModule') {
    return {
      samplesPerPixel: 3,
      photometricInterpretation: 'RGB',
      rows: size.rows,
      columns: size.columns,
      bitsAllocated: 8,
      bitsStored: 8,
      highBit: 7,
      pixelRepresentation: 0,
      planarConfiguration: 0,
    };
  }
  if (type === 'imagePlaneModule') {
    return {
      frameOfReferenceUID: imageId,
      rows: size.rows,
      columns: size.columns,
      rowCosines: [1, 0, 0],
      columnCosines: [0, 1, 0],
      imageOrientationPatient: [1, 0, 0, 0, 1, 0],
      imagePositionPatient: [0, 0, 0],
      rowPixelSpacing: 1,
      columnPixelSpacing: 1,
    };
  }
  if (type === 'generalSeriesModule') return { modality: 'US', seriesInstanceUID: imageId };
  if (type === 'voiLutModule') return { windowCenter: [128], windowWidth: [256] };
  return undefined;
}
