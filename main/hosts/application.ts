import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { SessionInfo } from '../../core/api/requests.ts';
import { createApi } from '../api/api.ts';
import { createServices, type ServiceOptions, type Services } from '../application/services.ts';

export interface ApplicationOptions extends ServiceOptions {
  readonly host: SessionInfo['host'];
  /** Whether the page may name files and folders of the disk; on the desktop unless told, not in a browser. */
  readonly pathsFromPage?: boolean;
  /** Folder of DICOM files that an empty library starts with. */
  readonly sampleStudyPath?: string;
  /** Whether the worklist is kept as the studies are and measured while nobody waits; not unless told. */
  readonly keepsWorklist?: boolean;
}

/** One application, whatever host mounts it: a Fetch-API handler over its services. */
export interface Application {
  readonly services: Services;
  /** Answers every request under `/api/`; never rejects. */
  fetch(request: Request): Promise<Response>;
  /** Stops imports and runs, ends the child processes and closes the library. */
  close(): Promise<void>;
}

/** @throws SystolaError when the library cannot be opened: `library-locked`, `unreadable`, `malformed` */
export async function createApplication(options: ApplicationOptions): Promise<Application> {
  const services = await createServices(options);
  const { sampleStudyPath } = options;
  const api = createApi(services, {
    host: options.host,
    pathsFromPage: options.pathsFromPage ?? options.host === 'electron',
    importSample: sampleStudyPath === undefined ? null : () => importSampleStudy(services, sampleStudyPath),
  });
  // Off unless the settings say otherwise; where nothing can listen, the window says why.
  await services.receiver.apply(services.library.settings().receiver);
  if (sampleStudyPath !== undefined && (await services.library.stored.isEmpty())) {
    await importSampleStudy(services, sampleStudyPath);
  }
  if (options.keepsWorklist === true) services.worklist.start();
  return {
    services,
    fetch: async (request) => api.fetch(request),
    close: () => services.close(),
  };
}

/** Starts the import; the window that opens meanwhile sees it in its events. */
async function importSampleStudy({ imports }: Services, folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  const files = names.filter((name) => name.toLowerCase().endsWith('.dcm')).sort();
  if (files.length > 0) imports.start(files.map((name) => join(folder, name)));
}
