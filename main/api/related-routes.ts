import { Hono } from 'hono';
import { patientAnswerSchema, type PatientStudies } from '../../core/api/patient-studies.ts';
import type { Services } from '../application/services.ts';
import { jsonBody } from './input.ts';

/** Other studies of a study's patient, and what persons say of whether they are. */
export function relatedRoutes({ patients, events }: Services): Hono {
  const routes = new Hono();

  routes.get('/:study/related', async (context) => {
    const found: PatientStudies = await patients.of(context.req.param('study'));
    return context.json(found);
  });
  routes.put('/:study/related/:other', async (context) => {
    const { study, other } = context.req.param();
    const { answer } = await jsonBody(context, patientAnswerSchema);
    patients.answer(study, other, answer);
    // Other windows may have the other study open.
    events.send({ type: 'studies-changed' });
    const found: PatientStudies = await patients.of(study);
    return context.json(found);
  });
  return routes;
}
