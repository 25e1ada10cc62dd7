import { Hono } from 'hono';
import { changedSettings, settingsChangeSchema } from '../../core/settings/settings-change.ts';
import type { Services } from '../application/services.ts';
import { jsonBody } from './input.ts';
import { requireKnownFiles } from './network-routes.ts';

/** A folder that is written to is chosen in the system's dialog, not by whatever runs in a page. */
const changeable = settingsChangeSchema.omit({ exportFolder: true });

/** Settings. */
export function settingsRoutes(services: Services, pathsFromPage: boolean): Hono {
  const routes = new Hono();
  routes.get('/settings', (context) => context.json(services.library.settings()));
  routes.put('/settings', async (context) => {
    const { model, ...change } = await jsonBody(context, changeable);
    const before = services.library.settings();
    requireKnownFiles(changedSettings(before, change), before, pathsFromPage);
    // Wherever it is asked for, a model has to pass its checks before it is used.
    if (model !== undefined && model !== before.model) {
      await services.modelShelf.use(model, context.req.raw.signal);
    }
    const { language, reportLanguage, reportTemplate } = change;
    if (language !== undefined) services.languages.checkChoice(language);
    if (reportLanguage !== undefined && reportLanguage !== null)
      services.languages.checkChoice(reportLanguage);
    if (reportTemplate !== undefined) services.reportShelf.checkChoice(reportTemplate);
    return context.json(services.updateSettings(change));
  });
  return routes;
}
