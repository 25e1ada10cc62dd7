import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach } from 'vitest';
import { isInstalled } from '../../fixtures/dicom/installed.ts';

/** The independent peer of these tests. */
export const hasDcmtk = ['storescp', 'storescu', 'echoscu', 'openssl'].every(isInstalled);

const running: ChildProcess[] = [];
afterEach(async () => {
  for (const child of running.splice(0)) {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null)
      await new Promise((ended) => child.once('exit', ended));
  }
});

/** A port that the system just had to give; somebody else may take it before it is used. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((closed) => void server.close(() => closed()));
  return port;
}

/** Starts dcmtk's archive, which keeps what it is sent as it came; returns its port. */
export async function storescp(folder: string, ...options: readonly string[]): Promise<number> {
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const port = await freePort();
    const args = ['+B', '+xa', '+uf', '-aet', 'ARCHIVE', '-od', folder, ...options, String(port)];
    const child = spawn('storescp', args, { stdio: 'ignore' });
    running.push(child);
    if (await listens(child, port)) return port;
  }
  throw new Error('storescp does not come up.');
}

async function listens(child: ChildProcess, port: number): Promise<boolean> {
  while (child.exitCode === null) {
    const isThere = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
    if (isThere) return true;
    await wait(20);
  }
  return false;
}

/** What a command said and how it ended. */
export function run(command: string, ...args: readonly string[]): Promise<{ code: number; said: string }> {
  return new Promise((resolve) => {
    execFile(command, args, { maxBuffer: 1 << 26 }, (error, stdout, stderr) =>
      resolve({
        code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1,
        said: stdout + stderr,
      }),
    );
  });
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
