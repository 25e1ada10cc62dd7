import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { run, storescp as archive, type Archive } from '../../fixtures/dcmtk-peer.ts';

export { freePort, hasDcmtk, run } from '../../fixtures/dcmtk-peer.ts';

const archives: Archive[] = [];
afterEach(async () => {
  for (const { stop } of archives.splice(0)) await stop();
});

/** Starts dcmtk's archive, which keeps what it is sent as it came, for the test; returns its port. */
export async function storescp(folder: string, ...options: readonly string[]): Promise<number> {
  const started = await archive(folder, ...options);
  archives.push(started);
  return started.port;
}

/** The files of a folder, by name. */
export const filesIn = (folder: string): ReadonlyMap<string, Buffer> =>
  new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]));

/** An authority, and a certificate of it for 127.0.0.1 and localhost, each with its key. */
export interface Certificates {
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

export async function certificates(folder: string): Promise<Certificates> {
  const at = (name: string): string => join(folder, name);
  const openssl = async (...args: readonly string[]): Promise<void> => {
    const { code, said } = await run('openssl', ...args);
    if (code !== 0) throw new Error(said);
  };
  const key = ['-newkey', 'rsa:2048', '-nodes'];
  const [authority, authorityKey] = [at('authority.pem'), at('authority.key')];
  await openssl(
    ...[
      'req',
      '-x509',
      ...key,
      '-keyout',
      authorityKey,
      '-out',
      authority,
      '-subj',
      '/CN=Test authority',
      '-days',
      '2',
    ],
  );
  await openssl(
    ...['req', ...key, '-keyout', at('node.key'), '-out', at('node.csr'), '-subj', '/CN=localhost'],
  );
  await run('sh', '-c', `printf 'subjectAltName=DNS:localhost,IP:127.0.0.1' > '${at('names')}'`);
  await openssl(
    ...['x509', '-req', '-in', at('node.csr'), '-CA', authority, '-CAkey', authorityKey, '-CAcreateserial'],
    ...['-out', at('node.pem'), '-days', '2', '-extfile', at('names')],
  );
  return { authority, certificate: at('node.pem'), key: at('node.key') };
}
