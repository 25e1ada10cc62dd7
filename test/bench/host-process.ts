import { spawn } from 'node:child_process';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { resolve } from 'node:path';

export interface HostRequest {
  readonly method?: string;
  readonly body?: string | undefined;
}

/** A loopback host in a process of its own, and a client that it lets in. */
export interface HostProcess {
  /** Address to open in a browser, with the token. */
  readonly url: string;
  readonly pid: number;
  /** @throws Error with the host's own words when it refuses */
  json<T>(path: string, request?: HostRequest): Promise<T>;
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
  const address = new URL(url);
  const visit = await send(address, address.pathname + address.search, {});
  const cookie = visit.headers['set-cookie']?.[0]?.split(';')[0] ?? '';

  async function ask(path: string, { method = 'GET', body }: HostRequest = {}): Promise<Buffer> {
    const answer = await send(address, path, { method, body, cookie });
    if (answer.status >= 400) throw new Error(`${path}: ${answer.status} ${answer.body.toString()}`);
    return answer.body;
  }

  return {
    url,
    pid: child.pid ?? 0,
    json: async <T>(path: string, request?: HostRequest) =>
      JSON.parse((await ask(path, request)).toString()) as T,
    bytes: async (path) => (await ask(path)).byteLength,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

interface HostAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Asks the host under its own name, which browsers take to this machine and Node's resolver may not. */
function send(
  address: URL,
  path: string,
  { method = 'GET', body, cookie = '' }: HostRequest & { readonly cookie?: string },
): Promise<HostAnswer> {
  return new Promise((answered, failed) => {
    const headers = {
      host: address.host,
      cookie,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    };
    // A connection of its own: one that was kept may have been closed while this process was busy.
    const options = { agent: false, host: '127.0.0.1', port: address.port, method, path, headers };
    const asked = httpRequest(options, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('error', failed);
      response.on('end', () => {
        answered({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts) });
      });
    });
    asked.on('error', failed);
    asked.end(body);
  });
}
