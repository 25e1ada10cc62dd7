import { Hono } from 'hono';
import { settingsSchema } from '../../core/settings/settings.ts';
import type { Services } from '../application/services.ts';
import { jsonBody } from './input.ts';

/** A folder that is written to is chosen in the system's dialog, not by whatever runs in a page. */
const changeable = settingsSchema.omit({ exportFolder: true }).partial().strict();

/** Settings. */
export function settingsRoutes(services: Services): Hono {
  const routes = new Hono();
  routes.get('/settings', (context) => context.json(services.library.settings()));
  routes.put('/settings', async (context) => {
    const { model, ...changes } = await jsonBody(context, changeable);
    // Wherever it is asked for, a model has to pass its checks before it is used.
    if (model !== undefined && model !== services.library.settings().model) {
      await services.modelShelf.use(model, context.req.raw.signal);
    }
    if (changes.language !== undefined) services.languages.checkChoice(changes.language);
    return context.json(services.updateSettings(changes as Partial<typeof settingsSchema._output>));
  });
  return routes;
}
