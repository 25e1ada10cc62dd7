import type { AddressInfo } from 'node:net';
import type { IncomingMessage, Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import { SystolaError } from '../../../core/error.ts';
import type { Language } from '../../../core/language/language.ts';
import { failureOf } from '../../api/failure.ts';
import type { Application } from '../application.ts';
import { rendererFile } from '../renderer-files.ts';
import { withSecurityHeaders } from '../security-headers.ts';
import { Access } from './access.ts';
import { hostChoicePage, reachable, reachablePath, welcomePage } from './entry-pages.ts';
import {
  anotherAddressPath,
  answerForAddress,
  leaveRendezvous,
  newName,
  newSecret,
  readRendezvous,
} from './rendezvous.ts';

export interface LoopbackOptions {
  readonly application: Pick<Application, 'fetch'>;
  /** Folder of the built renderer. */
  readonly rendererFolder: string;
  /** Folder of the library, where a second start looks for this one. */
  readonly libraryPath: string;
  /** The language of the pages that lead to the window. */
  words(): Language;
  /** 0, the default, takes the one of the last launch, or any free one. */
  readonly port?: number;
  /** How long the body of a request may stand still, ms. */
  readonly stalledBodyMs?: number;
}

export interface LoopbackHost {
  /** Address to open in a browser; it works once. */
  readonly url: string;
  /** Another address, which works once too. */
  newUrl(): string;
  /** Ends open connections and stops listening; the application is closed by its owner. */
  close(): Promise<void>;
}

/** How long a client may take to send its headers, ms; uploads themselves may be long. */
const headersTimeoutMs = 20_000;
const defaultStalledBodyMs = 60_000;

/** How long a browser may take from the printed address to the host's own name, ms. */
const handOverMs = 60_000;

/**
 * Mounts the application and the renderer on 127.0.0.1. Every address lets one browser in once, which keeps a session
 * for the launch; without one every request is refused.
 *
 * @throws SystolaError `bad-request` when the port is taken or not allowed
 */
export async function serveLoopback(options: LoopbackOptions): Promise<LoopbackHost> {
  let door: Door | null = null;
  const fetch = async (request: Request): Promise<Response> =>
    withSecurityHeaders(
      door === null ? new Response('Starting', { status: 503 }) : await answer(request, door, options),
    );
  const server = createAdaptorServer({
    fetch,
    serverOptions: { headersTimeout: headersTimeoutMs, requestTimeout: 0 },
  }) as Server;
  endStalledBodies(server, options.stalledBodyMs ?? defaultStalledBodyMs);

  const last = await readRendezvous(options.libraryPath);
  await listen(server, options.port ?? 0, last?.port ?? 0);
  const { port } = server.address() as AddressInfo;
  const name = last?.name ?? newName();
  const access = new Access(port, name);
  const newUrl = (): string => `http://${access.numericHost}/?token=${access.newKey()}`;
  const opened = { access, secret: newSecret(), newUrl };
  door = opened;
  await leaveRendezvous(options.libraryPath, { name, port, secret: opened.secret });
  return {
    url: newUrl(),
    newUrl,
    close: async () => {
      await leaveRendezvous(options.libraryPath, { name, port, secret: null });
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

/** What the host lets in by. */
interface Door {
  readonly access: Access;
  readonly secret: string;
  newUrl(): string;
}

async function answer(request: Request, door: Door, options: LoopbackOptions): Promise<Response> {
  const { access } = door;
  const url = new URL(request.url);
  if (!access.isForThisHost(request)) return notForHere();
  if (request.method === 'GET' && url.pathname === reachablePath) return reachable();
  if (!access.isOwn(request)) return notForHere();
  if (request.method === 'POST' && url.pathname === anotherAddressPath) {
    return answerForAddress(request, door.secret, door.newUrl) ?? notLetIn();
  }
  if (request.method === 'GET' && url.pathname === '/' && url.searchParams.has('token')) {
    if (!access.takeKey(url)) return notLetIn();
    return letIn(request, access, options.words());
  }
  if (!access.hasSession(request)) return notLetIn();
  if (url.pathname.startsWith('/api/')) return options.application.fetch(request);
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return refused(405, 'Only GET is answered here.');
  }
  return rendererFile(options.rendererFolder, url.pathname);
}

/** The key leaves the address bar and the history at once, whichever way. */
function letIn(request: Request, access: Access, words: Language): Response {
  if (request.headers.get('sec-fetch-dest') === 'document') {
    if (request.headers.get('host') === access.ownHost) return welcomePage(words, access.newSession());
    if (request.headers.get('sec-fetch-site') !== 'same-origin') {
      return hostChoicePage(words, access.ownHost, access.numericHost, access.newKey(handOverMs));
    }
    return welcomePage(words, access.newSession());
  }
  // No browser, or one that does not say what it wants the answer for.
  return new Response(null, {
    status: 303,
    headers: { location: '/', 'set-cookie': access.newSession(), 'cache-control': 'no-store' },
  });
}

const notForHere = (): Response => refused(403, 'This address is only for the browser window of Systola.');
const notLetIn = (): Response =>
  refused(
    401,
    'This address of Systola was used already, or is of an earlier start. Press Enter in the terminal where Systola runs, or start it again, for a new one.',
  );

function refused(status: 401 | 403 | 405, message: string): Response {
  const { body } = failureOf(new SystolaError('unauthorised', message));
  // Nothing of what such a client may still be sending is waited for.
  const headers = { 'cache-control': 'no-store', connection: 'close' };
  return Response.json(body, { status, headers });
}

/** Ends the connection of a request whose body stands still: it would hold a handler and a file for ever. */
function endStalledBodies(server: Server, stalledMs: number): void {
  server.on('request', (request: IncomingMessage) => {
    const { headers, socket } = request;
    if (headers['transfer-encoding'] === undefined && !Number(headers['content-length'] ?? 0)) return;
    // Any byte in either direction starts the time anew.
    const end = (): void => void socket.destroy();
    socket.setTimeout(stalledMs, end);
    request.once('end', () => {
      socket.setTimeout(0);
      socket.off('timeout', end);
    });
  });
}

/**
 * @param port the port that is wanted; 0 for the preferred one or, when that is taken, any
 * @param preferred 0 for none
 */
async function listen(server: Server, port: number, preferred: number): Promise<void> {
  if (port === 0 && preferred !== 0) {
    try {
      return await listenOn(server, preferred);
    } catch {
      // Somebody else has it meanwhile.
    }
  }
  await listenOn(server, port);
}

function listenOn(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException): void =>
      reject(
        new SystolaError(
          'bad-request',
          `Port ${port} cannot be used (${error.code ?? error.message}).`,
          null,
          { cause: error },
        ),
      );
    server.once('error', failed);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', failed);
      resolve();
    });
  });
}
