import { Hono } from 'hono';
import { maskPreviewSchema, maskRequestSchema } from '../../core/api/keep-masks.ts';
import type { FramePixels } from '../../core/clip/clip.ts';
import type { Services } from '../application/services.ts';
import { encodePng } from '../dicom/png.ts';
import { jsonBody } from './input.ts';

/** What of a clip's pictures stays when it leaves without its patient, and the pictures to decide it by. */
export function keepMaskRoutes({ masks }: Services): Hono {
  const routes = new Hono();

  routes.get('/:clip/keep-mask', async (context) =>
    context.json(await masks.state(context.req.param('clip'), context.req.raw.signal)),
  );
  routes.put('/:clip/keep-mask', async (context) => {
    const { mask } = await jsonBody(context, maskRequestSchema);
    return context.json(await masks.check(context.req.param('clip'), mask));
  });
  routes.delete('/:clip/keep-mask', async (context) =>
    context.json(await masks.uncheck(context.req.param('clip'), context.req.raw.signal)),
  );
  routes.get('/:clip/keep-mask/brightest.png', async (context) =>
    context.body(pngOf(await masks.brightest(context.req.param('clip'))), 200, {
      'content-type': 'image/png',
    }),
  );
  routes.post('/:clip/keep-mask/preview.png', async (context) => {
    const { mask, part } = await jsonBody(context, maskPreviewSchema);
    const preview = await masks.preview(context.req.param('clip'), mask);
    return context.body(pngOf(preview[part]), 200, { 'content-type': 'image/png' });
  });
  return routes;
}

const pngOf = (picture: FramePixels): Uint8Array<ArrayBuffer> =>
  encodePng(picture) as Uint8Array<ArrayBuffer>;
