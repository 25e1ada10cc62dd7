import { Hono } from 'hono';
import { structures } from '../../core/structure/structure.ts';
import type { SessionInfo } from '../../core/api/requests.ts';
import { SystolaError } from '../../core/error.ts';
import { researchUseNotice } from '../../core/notice.ts';
import { logDefect } from '../application/defect-log.ts';
import { exportIdentities } from '../../core/export/identity.ts';
import type { Services } from '../application/services.ts';
import { installation } from '../application/installation.ts';
import { exportFormats } from '../export/exporters.ts';
import { careRoutes } from './care-routes.ts';
import { clipRoutes } from './clip-routes.ts';
import { exportRoutes } from './export-routes.ts';
import { failureOf, isExpected } from './failure.ts';
import { importRoutes } from './import-routes.ts';
import { keepMaskRoutes } from './keep-mask-routes.ts';
import { languageRoutes } from './language-routes.ts';
import { mappingRoutes } from './mapping-routes.ts';
import { modelRoutes } from './model-routes.ts';
import { networkRoutes } from './network-routes.ts';
import { relatedRoutes } from './related-routes.ts';
import { propagationRoutes } from './propagation-routes.ts';
import { reportRoutes } from './report-routes.ts';
import { settingsRoutes } from './settings-routes.ts';
import { studyRoutes } from './study-routes.ts';

export interface ApiOptions {
  readonly host: SessionInfo['host'];
  /**
   * Whether a request may name files and folders of the disk. What a browser's page can do, anything that gets hold
   * of its session can: it uploads, and learns nothing of the disk.
   */
  readonly pathsFromPage: boolean;
  /** Takes in the sample study that comes with the installation; null where there is none. */
  readonly importSample: (() => Promise<void>) | null;
}

/** The application's whole surface: see core/api/requests.ts for what each path takes and gives. */
export function createApi(services: Services, { host, pathsFromPage, importSample }: ApiOptions): Hono {
  const api = new Hono();

  api.use(async (context, next) => {
    await next();
    // Patient data never goes into a cache on disk; frames are kept decoded in memory, here and in the window.
    context.header('cache-control', 'no-store');
    context.header('x-content-type-options', 'nosniff');
  });

  api.get('/api/session', (context) => {
    const session: SessionInfo = {
      version: installation.version,
      host,
      notice: researchUseNotice,
      libraryPath: services.library.path,
      library: services.watch.state,
      structures: structures(),
      exportFormats: exportFormats(),
      exportIdentities,
      hasSample: importSample !== null,
    };
    return context.json(session);
  });

  api.get('/api/events', (context) => {
    const stream = services.events.connect(context.req.raw.signal);
    return context.body(stream, 200, { 'content-type': 'application/x-ndjson; charset=utf-8' });
  });

  api.post('/api/background/force', (context) => {
    services.worklist.background.force();
    return context.body(null, 202);
  });
  api.route('/api/studies', studyRoutes(services));
  api.route('/api/studies', relatedRoutes(services));
  api.route('/api/clips', clipRoutes(services));
  api.route('/api/clips', propagationRoutes(services));
  api.route('/api/clips', keepMaskRoutes(services));
  api.route('/api', careRoutes(services));
  api.post('/api/sample', async (context) => {
    if (importSample === null)
      throw new SystolaError('not-found', 'No sample study came with this installation.');
    await importSample();
    return context.body(null, 202);
  });
  api.route('/api/imports', importRoutes(services, pathsFromPage));
  api.route('/api/exports', exportRoutes(services, pathsFromPage));
  api.route('/api/mappings', mappingRoutes(services));
  api.route('/api/models', modelRoutes(services, pathsFromPage));
  api.route('/api/languages', languageRoutes(services));
  api.route('/api/report', reportRoutes(services));
  api.route('/api', networkRoutes(services, pathsFromPage));
  api.route('/api', settingsRoutes(services, pathsFromPage));

  api.notFound((context) => {
    const { status, body } = failureOf(new SystolaError('not-found', 'There is no such address.'));
    return context.json(body, status);
  });
  api.onError((error, context) => {
    if (!isExpected(error, context.req.raw.signal)) logDefect(error);
    const { status, body } = failureOf(error);
    return context.json(body, status);
  });
  return api;
}
