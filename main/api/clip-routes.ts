import { Hono } from 'hono';
import type { FramePixels } from '../../core/clip/clip.ts';
import { runRequestSchema } from '../../core/api/requests.ts';
import { SystolaError } from '../../core/error.ts';
import { frameNumber } from '../../core/wording/frame-number.ts';
import type { Services } from '../application/services.ts';
import { thumbnail } from '../application/thumbnail.ts';
import { readStoredEcg } from '../dicom/guarded-reader.ts';
import { encodePng } from '../dicom/png.ts';
import { failureOf } from './failure.ts';
import { frameSource } from '../library/frame-source.ts';
import { frameParameter, jsonBody } from './input.ts';

const thumbnailPixels = 192;
/** Frames decoded ahead of the one that was asked for. */
const framesAhead = 3;

/** Frames, thumbnails, ECG and runs of one clip. */
export function clipRoutes({ library, decoder, runs }: Services): Hono {
  const routes = new Hono();

  routes.get('/:clip/frames/:frame', async (context) => {
    const clip = library.clip(context.req.param('clip'));
    const { facts } = clip;
    const frame = frameParameter(context.req.param('frame'));
    if (frame >= facts.frames) {
      throw new SystolaError(
        'not-found',
        `The clip has ${facts.frames} frame${facts.frames === 1 ? '' : 's'}; there is no frame ${frameNumber(frame)}.`,
        facts.fileName,
      );
    }
    const source = frameSource(clip);
    let pixels: FramePixels;
    try {
      pixels = await decoder.frame(source, frame, context.req.raw.signal);
    } catch (error) {
      if (!(error instanceof SystolaError) || error.code !== 'decode-failed') throw error;
      // The size of the picture that is missing, so that its place can be shown empty.
      return context.json(failureOf(error).body, 422, {
        'x-rows': String(facts.rows),
        'x-columns': String(facts.columns),
      });
    }
    for (let ahead = frame + 1; ahead <= Math.min(frame + framesAhead, facts.frames - 1); ahead += 1) {
      // A frame that cannot be decoded is reported when it is asked for.
      void decoder.frame(source, ahead).catch(() => undefined);
    }
    return context.body(pixels.data as Uint8Array<ArrayBuffer>, 200, {
      'content-type': 'application/octet-stream',
      'x-rows': String(pixels.rows),
      'x-columns': String(pixels.columns),
      'x-channels': String(pixels.channels),
    });
  });

  routes.get('/:clip/ecg', async (context) => {
    const { facts, path, sha256, bytes } = library.clip(context.req.param('clip'));
    const { fileName } = facts;
    const ecg = facts.ecg === undefined ? null : await readStoredEcg({ path, fileName, sha256, bytes });
    if (ecg === null) throw new SystolaError('not-found', 'The file of this clip has no ECG.', fileName);
    return context.json(ecg);
  });

  routes.get('/:clip/thumbnail.png', async (context) => {
    const clip = library.clip(context.req.param('clip'));
    const pixels = await firstPicture(clip.facts.frames, (frame) =>
      decoder.frame(frameSource(clip), frame, context.req.raw.signal),
    );
    const png = encodePng(thumbnail(pixels, thumbnailPixels));
    return context.body(png as Uint8Array<ArrayBuffer>, 200, { 'content-type': 'image/png' });
  });

  routes.post('/:clip/runs', async (context) => {
    const { model } = await jsonBody(context, runRequestSchema);
    return context.json(await runs.start(context.req.param('clip'), { model }), 202);
  });
  routes.get('/:clip/runs', (context) => context.json(runs.state(context.req.param('clip'))));
  routes.delete('/:clip/runs', (context) => context.json(runs.cancel(context.req.param('clip'))));
  return routes;
}

/** Frames that a thumbnail is looked for in. */
const mostTried = 24;

/** The first frame that can be decoded. Throws what the first one threw when none of the first ones can. */
async function firstPicture(
  frames: number,
  decode: (frame: number) => Promise<FramePixels>,
): Promise<FramePixels> {
  let failure: SystolaError | null = null;
  for (let frame = 0; frame < Math.min(frames, mostTried); frame += 1) {
    try {
      return await decode(frame);
    } catch (error) {
      if (!(error instanceof SystolaError) || error.code !== 'decode-failed') throw error;
      failure ??= error;
    }
  }
  throw failure ?? new SystolaError('not-found', 'The clip has no frame.');
}
