import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import { SystolaError } from '../../../core/error.ts';
import { failureOf } from '../../api/failure.ts';
import type { Application } from '../../application/application.ts';
import { rendererFile } from '../renderer-files.ts';
import { Access } from './access.ts';

export interface LoopbackOptions {
  readonly application: Pick<Application, 'fetch'>;
  /** Folder of the built renderer. */
  readonly rendererFolder: string;
  /** 0, the default, takes a free one. */
  readonly port?: number;
}

export interface LoopbackHost {
  /** Address to open in a browser, with this launch's token. */
  readonly url: string;
  /** Ends open connections and stops listening; the application is closed by its owner. */
  close(): Promise<void>;
}

/** How long a client may take to send its headers, ms; uploads themselves may be long. */
const headersTimeoutMs = 20_000;

/**
 * Mounts the application and the renderer on 127.0.0.1. The token in the address is exchanged for a cookie at the
 * first visit; without either every request is refused.
 *
 * @throws SystolaError `bad-request` when the port is taken or not allowed
 */
export async function serveLoopback(options: LoopbackOptions): Promise<LoopbackHost> {
  let access: Access | null = null;
  const fetch = (request: Request): Promise<Response> => {
    if (access === null) return Promise.resolve(new Response('Starting', { status: 503 }));
    return answer(request, access, options);
  };
  const server = createAdaptorServer({
    fetch,
    serverOptions: { headersTimeout: headersTimeoutMs, requestTimeout: 0 },
  }) as Server;
  await listen(server, options.port ?? 0);
  const { port } = server.address() as AddressInfo;
  access = new Access(port);
  return {
    url: `http://127.0.0.1:${port}/?token=${access.token}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(request: Request, access: Access, options: LoopbackOptions): Promise<Response> {
  if (!access.isOwn(request)) return refused(403, 'This address is only for the browser window of Systola.');
  const url = new URL(request.url);
  if (request.method === 'GET' && url.pathname === '/' && access.hasToken(url)) {
    // The token leaves the address bar and the history at once.
    return new Response(null, {
      status: 303,
      headers: {
        location: '/',
        'set-cookie': access.cookie,
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer',
      },
    });
  }
  if (!access.hasCookie(request)) {
    return refused(401, 'Open the address that Systola printed when it was started.');
  }
  if (url.pathname.startsWith('/api/')) return options.application.fetch(request);
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return refused(405, 'Only GET is answered here.');
  return rendererFile(options.rendererFolder, url.pathname);
}

function refused(status: 401 | 403 | 405, message: string): Response {
  const { body } = failureOf(new SystolaError('unauthorised', message));
  return Response.json(body, {
    status,
    headers: { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' },
  });
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        new SystolaError(
          'bad-request',
          `Port ${port} cannot be used (${error.code ?? error.message}).`,
          null,
          {
            cause: error,
          },
        ),
      ),
    );
    server.listen(port, '127.0.0.1', () => resolve());
  });
}
