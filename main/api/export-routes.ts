import { Hono } from 'hono';
import { exportAnswerSchema, exportRequestSchema } from '../../core/api/exports.ts';
import type { Services } from '../application/services.ts';
import { jsonBody, requirePaths } from './input.ts';

/** Exports of one or several studies in one or several formats. */
export function exportRoutes({ exports }: Services, pathsFromPage: boolean): Hono {
  const routes = new Hono();
  routes.post('/', async (context) => {
    const request = await jsonBody(context, exportRequestSchema);
    if (request.destination === 'folder') requirePaths(pathsFromPage);
    return context.json(exports.start(request), 202);
  });
  routes.get('/:export', (context) => context.json(exports.state(context.req.param('export'))));
  routes.delete('/:export', (context) => context.json(exports.cancel(context.req.param('export'))));
  routes.post('/:export/answer', async (context) => {
    const { replace } = await jsonBody(context, exportAnswerSchema);
    return context.json(exports.answer(context.req.param('export'), replace));
  });
  routes.get('/:export/file', async (context) => {
    const { name, mediaType, body } = await exports.download(context.req.param('export'));
    const plain = name.replaceAll(/[^\x20-\x7e]/g, '_');
    return context.body(body, 200, {
      'content-type': mediaType,
      'content-disposition': `attachment; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(name)}`,
    });
  });
  return routes;
}
