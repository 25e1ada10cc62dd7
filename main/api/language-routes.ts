import { Hono } from 'hono';
import type { Services } from '../application/services.ts';

/** Languages that can be chosen, and the messages of one. */
export function languageRoutes({ languages }: Services): Hono {
  const routes = new Hono();
  routes.get('/', (context) => context.json(languages.list()));
  routes.get('/:tag', (context) => context.json(languages.file(context.req.param('tag'))));
  return routes;
}
