import { Hono } from 'hono';
import { patientRequestSchema } from '../../core/api/care.ts';
import type { Services } from '../application/services.ts';
import { librarySize } from '../application/library-size.ts';
import { frameParameter, jsonBody } from './input.ts';

/** What was deleted, whose studies are whose, and what keeps the library safe. */
export function careRoutes({ library, removals, backups, events, worklist }: Services): Hono {
  const routes = new Hono();
  routes.get('/removals', (context) => context.json(removals.state()));
  routes.post('/removals/:removal/take-back', (context) => {
    removals.takeBack(frameParameter(context.req.param('removal')));
    return context.body(null, 204);
  });
  routes.get('/studies/:study/patient-data', (context) =>
    context.json(library.patients.of(context.req.param('study'))),
  );
  routes.put('/patients', async (context) => {
    const { studies, patient } = await jsonBody(context, patientRequestSchema);
    library.care.correctPatient(studies, patient as Parameters<typeof library.care.correctPatient>[1]);
    events.send({ type: 'studies-changed' });
    worklist.noteStudies();
    return context.json(library.patients.of(studies[0]!));
  });

  routes.get('/library/size', async (context) => context.json(await librarySize(library)));
  routes.get('/backups', (context) => context.json(backups.state));
  routes.delete('/backups', (context) => context.json(backups.cancel()));
  return routes;
}
