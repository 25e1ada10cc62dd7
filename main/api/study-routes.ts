import { Hono } from 'hono';
import { appendRequestSchema, type AppendResponse, type StudyDocument } from '../../core/api/requests.ts';
import type { Services } from '../application/services.ts';
import { jsonBody, largestRevisionBytes } from './input.ts';

/** Studies, their revisions and their report. */
export function studyRoutes(services: Services): Hono {
  const routes = new Hono();
  const { reviews, documents } = services;

  routes.get('/', (context) => context.json(services.library.summaries(context.req.query('search'))));
  routes.get('/:study', async (context) => {
    const document: StudyDocument = await documents.open(context.req.param('study'));
    return context.json(document);
  });
  routes.post('/:study/revisions', async (context) => {
    const request = await jsonBody(context, appendRequestSchema, largestRevisionBytes);
    const response: AppendResponse = reviews.append(context.req.param('study'), request);
    return context.json(response, 201);
  });
  routes.post('/:study/undo', (context) => context.json(reviews.undo(context.req.param('study')), 201));
  routes.post('/:study/redo', (context) => context.json(reviews.redo(context.req.param('study')), 201));

  routes.get('/:study/report.pdf', async (context) => {
    // Loaded when it is first wanted: fonts and the PDF writer would slow every start.
    const { reportPdf, reportFileName } = await import('../application/study-report.ts');
    const document = await documents.open(context.req.param('study'));
    const pdf = await reportPdf(services, document);
    return context.body(pdf as Uint8Array<ArrayBuffer>, 200, {
      'content-type': 'application/pdf',
      'content-disposition': `inline; filename="${reportFileName(document)}"`,
    });
  });
  return routes;
}
