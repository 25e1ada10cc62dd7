import { Hono } from 'hono';
import { SystolaError } from '../../core/error.ts';
import { exportFileName } from '../../core/export/export-file-name.ts';
import { expectedStudiesSchema } from '../../core/api/background.ts';
import { appendRequestSchema, type AppendResponse, type StudyDocument } from '../../core/api/requests.ts';
import { type ReportPreviewRequest, reportPreviewSchema } from '../../core/api/report.ts';
import { NewestFirst } from '../application/newest-first.ts';
import { previewReport } from '../application/report-preview.ts';
import type { Services } from '../application/services.ts';
import { studyAudit } from '../application/study-audit.ts';
import { exportStudy } from '../application/study-export.ts';
import { zipExport } from '../application/zip-export.ts';
import { isFolderExporter, type AnyExporter } from '../export/any-exporter.ts';
import { exporterOf } from '../export/exporters.ts';
import { frameParameter, jsonBody, largestRevisionBytes } from './input.ts';

/** Of as many windows. */
const mostPreviewsWaiting = 8;

/** Studies, their revisions and what they are exported as. */
export function studyRoutes(services: Services): Hono {
  const routes = new Hono();
  const { reviews, documents, readings, worklist } = services;
  const previews = new NewestFirst(mostPreviewsWaiting);

  routes.get('/', (context) => context.json(worklist.list.studies(context.req.query('search'))));
  routes.put('/expected', async (context) => {
    worklist.background.expect((await jsonBody(context, expectedStudiesSchema)).studies);
    return context.body(null, 204);
  });
  routes.get('/:study', async (context) => {
    worklist.background.giveWay();
    const document: StudyDocument = await documents.open(context.req.param('study'));
    return context.json(document);
  });
  routes.delete('/:study', (context) =>
    context.json(services.removals.remove(context.req.param('study'), null), 202),
  );
  routes.delete('/:study/instances/:instance', (context) => {
    const { study, instance } = context.req.param();
    return context.json(services.removals.remove(study, instance), 202);
  });
  routes.get('/:study/signatures', (context) =>
    context.json(documents.signatures(context.req.param('study'))),
  );
  routes.get('/:study/audit', (context) =>
    context.json(studyAudit(services.library, context.req.param('study'))),
  );
  routes.post('/:study/views', (context) => {
    void services.runs.recogniseViews(context.req.param('study'));
    return context.body(null, 202);
  });
  routes.post('/:study/revisions', async (context) => {
    const request = await jsonBody(context, appendRequestSchema, largestRevisionBytes);
    const response: AppendResponse = reviews.append(context.req.param('study'), request);
    return context.json(response, 201);
  });
  routes.get('/:study/revisions/:revision', (context) => {
    const id = frameParameter(context.req.param('revision'));
    return context.json(documents.revision(context.req.param('study'), id));
  });
  routes.post('/:study/readings/:document', async (context) => {
    const { study, document } = context.req.param();
    const response: AppendResponse = await readings.use(study, document);
    return context.json(response, 201);
  });
  routes.get('/:study/readings/:document', async (context) => {
    const { study, document } = context.req.param();
    return context.json(await readings.preview(study, document));
  });
  routes.post('/:study/report-preview', async (context) => {
    const request = await jsonBody(context, reportPreviewSchema);
    const pdf = await previews.run(async () => {
      const document = await documents.open(context.req.param('study'));
      return previewReport(services, document, request as ReportPreviewRequest);
    }, context.req.raw.signal);
    return context.body(pdf as Uint8Array<ArrayBuffer>, 200, { 'content-type': 'application/pdf' });
  });
  routes.post('/:study/undo', (context) => context.json(reviews.undo(context.req.param('study')), 201));
  routes.post('/:study/redo', (context) => context.json(reviews.redo(context.req.param('study')), 201));

  routes.get('/:study/exports/:format', async (context) => {
    const exporter = exporterOf(context.req.param('format'));
    const document = await documents.open(context.req.param('study'));
    const { signal } = context.req.raw;
    const body = isFolderExporter(exporter)
      ? await zipped(services, document, exporter, signal)
      : ((await exportStudy(services, document, exporter)) as Uint8Array<ArrayBuffer>);
    const withPatient = services.library.settings().patientInFileNames;
    const name = (patient: boolean) => exportFileName(document.facts, exporter, { withPatient: patient });
    return context.body(body, 200, {
      'content-type': exporter.mediaType,
      // RFC 6266: what knows no other alphabet gets the name that names nobody.
      'content-disposition': `inline; filename="${name(false)}"; filename*=UTF-8''${encodeURIComponent(name(withPatient))}`,
    });
  });
  return routes;
}

/** One format of several files, of one study. @throws SystolaError why it cannot be exported */
async function zipped(
  services: Services,
  { facts }: StudyDocument,
  exporter: AnyExporter,
  signal: AbortSignal,
): Promise<ReadableStream<Uint8Array>> {
  const studies = [facts.studyInstanceUid];
  const order = { studies, formats: [{ exporter, folder: null, byStudy: true }] };
  let refusal: SystolaError | null = null;
  const archive = await zipExport(services, order, signal, (step) => {
    if (step.kind === 'refused') refusal ??= step.error;
  });
  if (archive !== null) return archive;
  throw refusal ?? new SystolaError('not-found', 'There is nothing to export in this format.', null);
}
