import { SvelteSet } from 'svelte/reactivity';
import { cache, imageLoader, utilities, type Types } from '@cornerstonejs/core';
import type { FramePixels } from '../../core/clip/clip.ts';
import { message } from '../../core/language/message.ts';
import { frameNumber } from '../../core/wording/frame-number.ts';
import { frameAddress, refusalOf, RequestError, stoppedWords } from '../api/client.ts';
import { asRecorded, isAsRecorded, levelTable, type GreyWindow } from '../viewing/grey-window.ts';

/** Scheme of our Cornerstone image identifiers: `systola:<SOP Instance UID>/<frame>`. */
export const imageScheme = 'systola';

const frameImageId = (sopInstanceUid: string, frame: number): string =>
  `${imageScheme}:${sopInstanceUid}/${frame}`;

function parse(imageId: string): { sopInstanceUid: string; frame: number } {
  const [sopInstanceUid = '', frame = '0'] = imageId.slice(imageScheme.length + 1).split('/');
  return { sopInstanceUid, frame: Number(frame) };
}

/** RGB for the canvas: a grey picture is the same value three times, so grey 0 stays black. */
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

/** The words that a frame is put together in, one array per picture size: valid until the next frame of that size. */
const assembled = new Map<string, ImageData>();

function assemble({ rows, columns, getPixelData }: Types.IImage, window: GreyWindow): ImageData {
  const key = `${columns}×${rows}`;
  let pixels = assembled.get(key);
  if (!pixels) assembled.set(key, (pixels = new ImageData(columns, rows)));
  const rgb = getPixelData() as Uint8Array;
  const words = new Uint32Array(pixels.data.buffer);
  if (isAsRecorded(window)) {
    for (let pixel = 0, from = 0; pixel < words.length; pixel += 1, from += 3) {
      words[pixel] = 0xff000000 | (rgb[from + 2]! << 16) | (rgb[from + 1]! << 8) | rgb[from]!;
    }
  } else {
    const level = levelTable(window);
    for (let pixel = 0, from = 0; pixel < words.length; pixel += 1, from += 3) {
      words[pixel] =
        0xff000000 | (level[rgb[from + 2]!]! << 16) | (level[rgb[from + 1]!]! << 8) | level[rgb[from]!]!;
    }
  }
  return pixels;
}

/**
 * A frame as it is shown, in a canvas of its own size. Each picture on screen has one, so that moving a still, or the
 * loupe over it, puts nothing together again while a loop of the same size plays beside it.
 */
export class FrameSurface {
  readonly #canvas = document.createElement('canvas');
  readonly #context: CanvasRenderingContext2D;
  #image: Types.IImage | null = null;
  #window: GreyWindow = asRecorded;

  constructor() {
    const context = this.#canvas.getContext('2d', { alpha: false, willReadFrequently: true });
    if (!context) throw new Error('This browser has no 2D canvas.');
    this.#context = context;
  }

  /** The canvas with this frame in it; valid until the next call. */
  of(image: Types.IImage, window: GreyWindow): HTMLCanvasElement {
    const same = this.#window.centre === window.centre && this.#window.width === window.width;
    if (this.#image === image && same) return this.#canvas;
    if (this.#canvas.width !== image.columns) this.#canvas.width = image.columns;
    if (this.#canvas.height !== image.rows) this.#canvas.height = image.rows;
    this.#context.putImageData(assemble(image, window), 0, 0);
    this.#image = image;
    this.#window = window;
    return this.#canvas;
  }
}

/** Frames whose data are damaged: their place is shown black, and named. */
const withoutPicture = new SvelteSet<string>();

export function hasNoPicture(sopInstanceUid: string, frame: number): boolean {
  return withoutPicture.has(frameImageId(sopInstanceUid, frame));
}

/**
 * Lets the black places of damaged frames go, so that their pictures are asked for again: what has been started anew
 * may be another version, or have the memory that was lacking.
 */
export function forgetLostPictures(): void {
  for (const imageId of withoutPicture) {
    if (cache.getImage(imageId)) cache.removeImageLoadObject(imageId, { force: true });
  }
  withoutPicture.clear();
}

async function fetchFrame(imageId: string, signal: AbortSignal): Promise<Types.IImage> {
  const { sopInstanceUid, frame } = parse(imageId);
  const init = { signal, priority: 'low' } as RequestInit;
  const response = await fetch(frameAddress(sopInstanceUid, frame), init).catch((cause: unknown) => {
    throw signal.aborted ? cause : new RequestError('unreachable', 0, stoppedWords, null, cause);
  });
  if (response.status === 422 && response.headers.has('x-rows')) {
    withoutPicture.add(imageId);
    const lostRows = Number(response.headers.get('x-rows'));
    const lostColumns = Number(response.headers.get('x-columns'));
    return frameImage(imageId, new Uint8Array(lostRows * lostColumns * 3), lostRows, lostColumns);
  }
  if (!response.ok) throw await refusalOf(response);
  const rows = Number(response.headers.get('x-rows'));
  const columns = Number(response.headers.get('x-columns'));
  const channels = Number(response.headers.get('x-channels'));
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (!(rows > 0 && columns > 0) || bytes.length !== rows * columns * channels) {
    const arrived = { frame: frameNumber(frame), bytes: bytes.length, columns, rows, channels };
    throw new RequestError('internal', response.status, message('clip.frame-of-wrong-size', arrived));
  }
  withoutPicture.delete(imageId);
  return frameImage(imageId, toRgb(bytes, channels), rows, columns);
}

function frameImage(imageId: string, rgb: Uint8Array, rows: number, columns: number): Types.IImage {
  const voxelManager = utilities.VoxelManager.createImageVoxelManager({
    width: columns,
    height: rows,
    scalarData: rgb,
    numberOfComponents: 3,
  });
  const image: Types.IImage = {
    imageId,
    rows,
    columns,
    height: rows,
    width: columns,
    minPixelValue: 0,
    maxPixelValue: 255,
    slope: 1,
    intercept: 0,
    windowCenter: 128,
    windowWidth: 256,
    voiLUTFunction: 'LINEAR' as Types.IImage['voiLUTFunction'],
    getPixelData: () => rgb,
    getCanvas: () => new FrameSurface().of(image, asRecorded),
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
  return image;
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

/** The displayed pixels of a frame, RGB; brought into the window where they are not in it. */
export async function framePixels(sopInstanceUid: string, frame: number): Promise<FramePixels> {
  const { rows, columns, getPixelData } = await loadFrame(sopInstanceUid, frame);
  return { rows, columns, channels: 3, data: getPixelData() as Uint8Array };
}
