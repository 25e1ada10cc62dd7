import { Hono } from 'hono';
import { settingsSchema } from '../../core/api/requests.ts';
import type { Services } from '../application/services.ts';
import { jsonBody } from './input.ts';

/** Models and settings. */
export function settingsRoutes(services: Services): Hono {
  const routes = new Hono();
  routes.get('/models', async (context) => context.json(await services.listModels()));
  routes.get('/settings', (context) => context.json(services.library.settings()));
  routes.put('/settings', async (context) => {
    const changes = await jsonBody(context, settingsSchema.partial().strict());
    return context.json(services.updateSettings(changes as Partial<typeof settingsSchema._output>));
  });
  return routes;
}
