import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { Hono } from 'hono';
import { z } from 'zod';
import { modelAdditionSchema, modelChoiceSchema, modelTrialSchema } from '../../core/api/requests.ts';
import type { Services } from '../application/services.ts';
import { checked, jsonBody, requirePaths } from './input.ts';

const uploadName = z.string().min(1).max(4096);

/** Models: listed, tried, switched between, added and removed. */
export function modelRoutes(
  { library, modelShelf, modelAdditions, recognisers }: Services,
  pathsFromPage: boolean,
): Hono {
  const routes = new Hono();
  routes.get('/', async (context) =>
    context.json(await modelShelf.list(context.req.query('verify') === 'true')),
  );
  routes.get('/recogniser', async (context) => context.json(await recognisers.info()));
  routes.post('/trial', async (context) => {
    const { folder } = await jsonBody(context, modelTrialSchema);
    return context.json(await modelShelf.trial(folder, context.req.raw.signal));
  });
  routes.put('/active', async (context) => {
    const { name } = await jsonBody(context, modelChoiceSchema);
    return context.json(await modelShelf.use(name, context.req.raw.signal));
  });

  routes.post('/additions', async (context) => {
    library.refuseWhenDamaged();
    const { path } = await jsonBody(context, modelAdditionSchema);
    if (path === undefined) return context.json(await modelAdditions.startUpload(), 202);
    requirePaths(pathsFromPage);
    return context.json(await modelAdditions.addFolder(path, context.req.raw.signal), 201);
  });
  routes.put('/additions/:addition/files', async (context) => {
    const name = checked(uploadName, context.req.query('name'));
    const { body } = context.req.raw;
    // The type of Node's own web streams, which is the same object.
    const stream = body === null ? Readable.from([]) : Readable.fromWeb(body as unknown as ReadableStream);
    await modelAdditions.receive(context.req.param('addition'), name, stream);
    return context.body(null, 204);
  });
  routes.post('/additions/:addition/finish', async (context) =>
    context.json(await modelAdditions.finish(context.req.param('addition'), context.req.raw.signal), 201),
  );
  routes.delete('/additions/:addition', async (context) => {
    await modelAdditions.cancel(context.req.param('addition'));
    return context.body(null, 204);
  });

  routes.delete('/added/:folder', async (context) => {
    library.refuseWhenDamaged();
    await modelShelf.remove(context.req.param('folder'), context.req.raw.signal);
    return context.json(await modelShelf.list());
  });
  return routes;
}
