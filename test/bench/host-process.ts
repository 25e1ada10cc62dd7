import { spawn } from 'node:child_process';
import { resolve } from 'node:path';

/** A loopback host in a process of its own, and a client that it lets in. */
export interface HostProcess {
  /** Address to open in a browser, with the token. */
  readonly url: string;
  /** @throws Error with the host's own words when it refuses */
  json<T>(path: string, request?: RequestInit): Promise<T>;
  /** Number of bytes of the answer. */
  bytes(path: string): Promise<number>;
  stop(): Promise<void>;
}

/** @param args of main/hosts/loopback/main.ts */
export async function startHost(args: readonly string[]): Promise<HostProcess> {
  const root = resolve(import.meta.dirname, '../..');
  const child = spawn(
    process.execPath,
    [resolve(root, 'main/hosts/loopback/main.ts'), '--paths-from-page', ...args],
    {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  const url = await new Promise<string>((found, failed) => {
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      const address = /^http:\S+(?=\r?\n)/m.exec(said)?.[0];
      if (address !== undefined) found(address);
    });
    child.once('exit', (code) => failed(new Error(`The host ended with ${code} before it had an address.`)));
  });
  const visit = await fetch(url, { redirect: 'manual' });
  const cookie = visit.headers.get('set-cookie')?.split(';')[0] ?? '';

  async function ask(path: string, request: RequestInit = {}): Promise<Response> {
    const headers = { cookie, 'content-type': 'application/json' };
    const response = await fetch(new URL(path, url), { ...request, headers });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response;
  }

  return {
    url,
    json: async <T>(path: string, request?: RequestInit) => (await (await ask(path, request)).json()) as T,
    bytes: async (path) => (await (await ask(path)).arrayBuffer()).byteLength,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
