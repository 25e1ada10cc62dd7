import { cache, imageLoader, utilities, type Types } from '@cornerstonejs/core';
import { frameAddress } from '../api/client.ts';

/** Scheme of our Cornerstone image identifiers: `systola:<SOP Instance UID>/<frame>`. */
export const imageScheme = 'systola';

interface PictureSize {
  readonly rows: number;
  readonly columns: number;
}

const sizes = new Map<string, PictureSize>();

/** Tells the loader how large a clip's frames are, before any of them is asked for. */
export function registerClip(sopInstanceUid: string, size: PictureSize): void {
  sizes.set(sopInstanceUid, { rows: size.rows, columns: size.columns });
}

export const frameImageId = (sopInstanceUid: string, frame: number): string =>
  `${imageScheme}:${sopInstanceUid}/${frame}`;

function parse(imageId: string): { sopInstanceUid: string; frame: number } {
  const [sopInstanceUid = '', frame = '0'] = imageId.slice(imageScheme.length + 1).split('/');
  return { sopInstanceUid, frame: Number(frame) };
}

/** Size of the clip that an image identifier belongs to. */
export const clipPixels = (imageId: string): PictureSize | undefined =>
  sizes.get(parse(imageId).sopInstanceUid);

/** RGB for the viewport: a grey picture is the same value three times, so grey 0 stays black. */
function toRgb(pixels: Uint8Array, channels: number): Uint8Array {
  if (channels === 3) return pixels;
  const rgb = new Uint8Array(pixels.length * 3);
  for (let from = 0, to = 0; from < pixels.length; from += 1, to += 3) {
    const grey = pixels[from] ?? 0;
    rgb[to] = grey;
    rgb[to + 1] = grey;
    rgb[to + 2] = grey;
  }
  return rgb;
}

interface Surface {
  readonly canvas: HTMLCanvasElement;
  readonly context: CanvasRenderingContext2D;
  readonly pixels: ImageData;
  imageId: string;
}

const surfaces = new Map<string, Surface>();

/** One canvas per picture size, filled with the frame that is being drawn: 4 bytes a pixel once, not per frame. */
function surfaceWith(imageId: string, rgb: Uint8Array, rows: number, columns: number): HTMLCanvasElement {
  const key = `${columns}×${rows}`;
  let surface = surfaces.get(key);
  if (!surface) {
    const canvas = document.createElement('canvas');
    canvas.width = columns;
    canvas.height = rows;
    const context = canvas.getContext('2d', { alpha: false, willReadFrequently: true });
    if (!context) throw new Error('This browser has no 2D canvas.');
    surface = { canvas, context, pixels: new ImageData(columns, rows), imageId: '' };
    new Uint32Array(surface.pixels.data.buffer).fill(0xff000000);
    surfaces.set(key, surface);
  }
  if (surface.imageId !== imageId) {
    const words = new Uint32Array(surface.pixels.data.buffer);
    for (let pixel = 0, from = 0; pixel < words.length; pixel += 1, from += 3) {
      words[pixel] =
        0xff000000 | ((rgb[from + 2] ?? 0) << 16) | ((rgb[from + 1] ?? 0) << 8) | (rgb[from] ?? 0);
    }
    surface.context.putImageData(surface.pixels, 0, 0);
    surface.imageId = imageId;
  }
  return surface.canvas;
}

async function fetchFrame(imageId: string, signal: AbortSignal): Promise<Types.IImage> {
  const { sopInstanceUid, frame } = parse(imageId);
  const response = await fetch(frameAddress(sopInstanceUid, frame), {
    signal,
    priority: 'low',
  } as RequestInit);
  if (!response.ok) throw new Error(`Frame ${frame} could not be read (status ${response.status}).`);
  const rows = Number(response.headers.get('x-rows'));
  const columns = Number(response.headers.get('x-columns'));
  const channels = Number(response.headers.get('x-channels'));
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (!(rows > 0 && columns > 0) || bytes.length !== rows * columns * channels) {
    throw new Error(`Frame ${frame} arrived with ${bytes.length} bytes for ${columns}×${rows}×${channels}.`);
  }
  return frameImage(imageId, toRgb(bytes, channels), rows, columns);
}

function frameImage(imageId: string, rgb: Uint8Array, rows: number, columns: number): Types.IImage {
  const voxelManager = utilities.VoxelManager.createImageVoxelManager({
    width: columns,
    height: rows,
    scalarData: rgb,
    numberOfComponents: 3,
  });
  return {
    imageId,
    rows,
    columns,
    height: rows,
    width: columns,
    minPixelValue: 0,
    maxPixelValue: 255,
    slope: 1,
    intercept: 0,
    // Window 128/256 is the identity for 8 bits; Cornerstone then draws getCanvas() as it is.
    windowCenter: 128,
    windowWidth: 256,
    voiLUTFunction: 'LINEAR' as Types.IImage['voiLUTFunction'],
    getPixelData: () => rgb,
    getCanvas: () => surfaceWith(imageId, rgb, rows, columns),
    color: true,
    rgba: false,
    numberOfComponents: 3,
    columnPixelSpacing: 1,
    rowPixelSpacing: 1,
    invert: false,
    photometricInterpretation: 'RGB',
    sizeInBytes: rgb.byteLength,
    dataType: 'Uint8Array',
    voxelManager,
  };
}

/** Cornerstone image loader of the scheme `systola:`. */
export function loadFrameImage(imageId: string): { promise: Promise<Types.IImage>; cancelFn: () => void } {
  const abort = new AbortController();
  return { promise: fetchFrame(imageId, abort.signal), cancelFn: () => abort.abort() };
}

/** The frame if it is in the window already; never waits. */
export function cachedFrame(sopInstanceUid: string, frame: number): Types.IImage | undefined {
  return cache.getImage(frameImageId(sopInstanceUid, frame));
}

/** Brings a frame into the window; concurrent calls for one frame share one request. */
export const loadFrame = (sopInstanceUid: string, frame: number): Promise<Types.IImage> =>
  imageLoader.loadAndCacheImage(frameImageId(sopInstanceUid, frame));
