import { setTimeout as wait } from 'node:timers/promises';
import type { ExportState } from '../../../core/api/exports.ts';
import type { Application } from '../../../main/hosts/application.ts';

export type Ask = (method: string, path: string, body?: unknown) => Promise<Response>;

/** Asks an application as its window does. */
export const asking =
  (application: Pick<Application, 'fetch'>): Ask =>
  async (method, path, body) =>
    application.fetch(
      new Request(`http://127.0.0.1/api/${path}`, {
        method,
        ...(body === undefined
          ? {}
          : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      }),
    );

/** Has something exported and returns the state that it ends in. */
export async function exportedBy(ask: Ask, request: object): Promise<ExportState> {
  let state = (await (await ask('POST', 'exports', request)).json()) as ExportState;
  while (state.state === 'running') {
    await wait(20);
    state = (await (await ask('GET', `exports/${state.exportId}`)).json()) as ExportState;
  }
  return state;
}
