import { Hono } from 'hono';
import { sendRequestSchema, type EchoResult } from '../../core/api/network.ts';
import { dicomNodeSchema } from '../../core/network/dicom-node.ts';
import type { Settings } from '../../core/settings/settings.ts';
import { addressOf } from '../application/sending.ts';
import type { Services } from '../application/services.ts';
import { echo } from '../network/echo.ts';
import { defaultNetworkLimits } from '../network/network-limits.ts';
import { jsonBody, requirePaths } from './input.ts';

/** Nodes that studies are sent to, sendings, and the receiver. */
export function networkRoutes(services: Services, pathsFromPage: boolean): Hono {
  const routes = new Hono();
  const { sending, receiver, library } = services;
  routes.post('/nodes/echo', async (context) => {
    const node = await jsonBody(context, dicomNodeSchema);
    requireKnownFiles({ nodes: [node] }, library.settings(), pathsFromPage);
    const { signal } = context.req.raw;
    const answer: EchoResult = await echo(addressOf(node), defaultNetworkLimits, signal);
    return context.json(answer);
  });
  routes.post('/sends', async (context) => {
    const request = await jsonBody(context, sendRequestSchema, sendRequestBytes);
    return context.json(sending.start(request), 202);
  });
  routes.get('/sends/:send', (context) => context.json(sending.state(context.req.param('send'))));
  routes.delete('/sends/:send', (context) => context.json(sending.cancel(context.req.param('send'))));
  routes.get('/receiver', (context) => context.json(receiver.state));
  return routes;
}

/** A thousand studies by their UIDs. */
const sendRequestBytes = 256 * 1024;

/**
 * A page in a browser names no file of the disk, not even a certificate: it may only keep those that are in the settings.
 *
 * @throws SystolaError `bad-request`
 */
export function requireKnownFiles(
  changes: Partial<Pick<Settings, 'nodes' | 'receiver'>>,
  settings: Settings,
  pathsFromPage: boolean,
): void {
  const known = new Set(filesOf(settings));
  if (filesOf(changes).some((file) => !known.has(file))) requirePaths(pathsFromPage);
}

function filesOf({ nodes = [], receiver }: Partial<Pick<Settings, 'nodes' | 'receiver'>>): string[] {
  const ofNodes = nodes.flatMap(({ tls }) => [tls?.authoritiesFile, tls?.certificateFile, tls?.keyFile]);
  const { tls } = receiver ?? {};
  return [...ofNodes, tls?.authoritiesFile, tls?.certificateFile, tls?.keyFile].filter(
    (file): file is string => typeof file === 'string',
  );
}
