import { Hono } from 'hono';
import { mostLogoBytes } from '../../core/api/report.ts';
import type { Services } from '../application/services.ts';
import { limitedBytes } from './input.ts';

/** What reports can be made with: templates, and the logo of the house. */
export function reportRoutes({ reportShelf }: Services): Hono {
  const routes = new Hono();
  routes.get('/', async (context) => context.json(await reportShelf.means()));
  routes.put('/logo', async (context) => {
    await reportShelf.putLogo(await limitedBytes(context.req.raw, mostLogoBytes));
    return context.json(await reportShelf.means());
  });
  routes.delete('/logo', async (context) => {
    await reportShelf.removeLogo();
    return context.json(await reportShelf.means());
  });
  return routes;
}
