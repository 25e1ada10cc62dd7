import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { Hono } from 'hono';
import { z } from 'zod';
import { importRequestSchema } from '../../core/api/requests.ts';
import type { Services } from '../application/services.ts';
import { checked, jsonBody, requirePaths, largestPathsBytes } from './input.ts';

const uploadName = z.string().min(1).max(4096);

/** Imports of paths and of uploaded files. */
export function importRoutes({ imports }: Services, pathsFromPage: boolean): Hono {
  const routes = new Hono();
  routes.post('/', async (context) => {
    const { paths } = await jsonBody(context, importRequestSchema, largestPathsBytes);
    if (paths.length > 0) requirePaths(pathsFromPage);
    return context.json(imports.start(paths), 202);
  });
  routes.get('/:import', (context) => context.json(imports.state(context.req.param('import'))));
  routes.delete('/:import', async (context) =>
    context.json(await imports.cancel(context.req.param('import'))),
  );
  routes.post('/:import/finish', async (context) =>
    context.json(await imports.finish(context.req.param('import'))),
  );
  routes.put('/:import/files', async (context) => {
    const name = checked(uploadName, context.req.query('name'));
    const { body } = context.req.raw;
    // The type of Node's own web streams, which is the same object.
    const stream = body === null ? Readable.from([]) : Readable.fromWeb(body as unknown as ReadableStream);
    return context.json(await imports.upload(context.req.param('import'), name, stream));
  });
  return routes;
}
