import { Hono } from 'hono';
import { backupRequestSchema, patientRequestSchema } from '../../core/api/care.ts';
import type { Services } from '../application/services.ts';
import { librarySize } from '../application/library-size.ts';
import { frameParameter, jsonBody, requirePaths } from './input.ts';

/** What was deleted, whose studies are whose, and what keeps the library safe. */
export function careRoutes({ library, removals, backups, events }: Services, pathsFromPage: boolean): Hono {
  const routes = new Hono();
  routes.get('/removals', (context) => context.json(removals.state()));
  routes.post('/removals/:removal/take-back', (context) => {
    removals.takeBack(frameParameter(context.req.param('removal')));
    return context.body(null, 204);
  });
  routes.put('/patients', async (context) => {
    const { studies, patient } = await jsonBody(context, patientRequestSchema);
    library.care.correctPatient(studies, patient as Parameters<typeof library.care.correctPatient>[1]);
    events.send({ type: 'studies-changed' });
    return context.body(null, 204);
  });

  routes.get('/library/size', async (context) => context.json(await librarySize(library)));
  routes.get('/backups', (context) => context.json(backups.state));
  routes.post('/backups', async (context) => {
    const { kind, path } = await jsonBody(context, backupRequestSchema);
    requirePaths(pathsFromPage);
    const start = { backup: 'backUp', check: 'check', restore: 'restore' } as const;
    return context.json(backups[start[kind]](path), 202);
  });
  routes.delete('/backups', (context) => context.json(backups.cancel()));
  return routes;
}
