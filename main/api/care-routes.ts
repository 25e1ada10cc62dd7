import { Hono } from 'hono';
import { patientRequestSchema } from '../../core/api/care.ts';
import type { Services } from '../application/services.ts';
import { frameParameter, jsonBody } from './input.ts';

/** What was deleted, and whose studies are whose. */
export function careRoutes({ library, removals, events }: Services): Hono {
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
  return routes;
}
