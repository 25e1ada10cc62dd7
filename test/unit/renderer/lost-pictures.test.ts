import { afterEach, beforeAll, expect, it, vi } from 'vitest';
import { imageLoader, type Types } from '@cornerstonejs/core';
import {
  cachedFrame,
  forgetLostPictures,
  framePixels,
  hasNoPicture,
  imageScheme,
  loadFrame,
  loadFrameImage,
} from '../../../renderer/imaging/frame-image.ts';

beforeAll(() =>
  imageLoader.registerImageLoader(imageScheme, loadFrameImage as unknown as Types.ImageLoaderFn),
);
afterEach(() => vi.unstubAllGlobals());

const size = { 'x-rows': '2', 'x-columns': '3', 'x-channels': '1' };
const damaged = () => Promise.resolve(new Response('{}', { status: 422, headers: size }));
const picture = () => Promise.resolve(new Response(Uint8Array.of(1, 2, 3, 4, 5, 6), { headers: size }));

it('a damaged frame is asked for again when Systola is back, and others are not', async () => {
  vi.stubGlobal('fetch', (address: string) => (address.endsWith('/1') ? damaged() : picture()));
  await Promise.all([0, 1].map((frame) => loadFrame('1.2', frame)));
  expect([0, 1].map((frame) => hasNoPicture('1.2', frame))).toEqual([false, true]);
  expect((await framePixels('1.2', 1)).data.every((sample) => sample === 0)).toBe(true);

  const asked = vi.fn(picture);
  vi.stubGlobal('fetch', asked);
  forgetLostPictures();
  expect([0, 1].map((frame) => cachedFrame('1.2', frame) !== undefined)).toEqual([true, false]);
  await Promise.all([0, 1].map((frame) => loadFrame('1.2', frame)));
  expect(asked).toHaveBeenCalledTimes(1);
  expect(hasNoPicture('1.2', 1)).toBe(false);
  expect([...(await framePixels('1.2', 1)).data.subarray(0, 6)]).toEqual([1, 1, 1, 2, 2, 2]);
});
