import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AppendResponse } from '../../../core/api/requests.ts';
import { inEnglish } from '../../../core/language/english.ts';
import type { Language } from '../../../core/language/language.ts';
import { askForAddress } from '../../../main/hosts/loopback/rendezvous.ts';
import { serveLoopback, type LoopbackHost } from '../../../main/hosts/loopback/serve.ts';
import { Library } from '../../../main/library/library.ts';
import { manualTrace } from '../../fixtures/library/facts.ts';
import { inRespelled } from '../../fixtures/language/respelled.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';
import { apicalClip, clipUid, studyUid, upload, workstation } from './workstation.ts';

const folder = temporaryFolders();
let station: Awaited<ReturnType<typeof workstation>>;
let host: LoopbackHost;
let base: string;
let cookie: string;
let library: string;
let words: Language;

beforeEach(async () => {
  words = inEnglish;
  const root = folder();
  mkdirSync(join(root, 'renderer', 'assets'), { recursive: true });
  writeFileSync(join(root, 'renderer', 'index.html'), '<!doctype html>the page');
  writeFileSync(join(root, 'renderer', 'assets', 'a.js'), 'export {};');
  writeFileSync(join(root, 'secret.html'), 'secret');
  station = await workstation(join(root, 'library'));
  library = join(root, 'library');
  host = await serveLoopback({
    application: station.application,
    rendererFolder: join(root, 'renderer'),
    libraryPath: library,
    words: () => words,
    stalledBodyMs: 300,
  });
  base = new URL(host.url).origin;
  const first = await fetch(host.url, { redirect: 'manual' });
  cookie = first.headers.get('set-cookie')?.split(';')[0] ?? '';
});
afterEach(async () => {
  await host.close();
  await station.application.close();
});

/** A request with headers that fetch would not let a test set. */
function raw(
  path: string,
  headers: Record<string, string>,
  method = 'GET',
): Promise<{ status: number; body: string; headers: IncomingHttpHeaders }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(`${base}${path}`, { method, headers, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body, headers: response.headers }),
      );
    });
    request.once('error', reject);
    request.end();
  });
}

describe('access', () => {
  it('needs an address once, then the session', async () => {
    expect((await fetch(base)).status).toBe(401);
    expect((await fetch(`${base}/?token=wrong`)).status).toBe(401);
    expect((await fetch(`${base}/api/studies`)).status).toBe(401);
    const first = await fetch(host.newUrl(), { redirect: 'manual' });
    expect(first.status).toBe(303);
    expect(first.headers.get('location')).toBe('/');
    expect(first.headers.get('set-cookie')).toMatch(/HttpOnly; SameSite=Strict; Path=\/$/);
    const page = await fetch(base, { headers: { cookie } });
    expect(await page.text()).toContain('the page');
    expect((await fetch(`${base}/api/session`, { headers: { cookie } })).status).toBe(200);
    expect(
      (await fetch(`${base}/api/session`, { headers: { cookie: `${cookie.slice(0, -1)}!` } })).status,
    ).toBe(401);
  });

  it('takes no address twice, and no address for a session', async () => {
    const url = host.newUrl();
    const session = (await fetch(url, { redirect: 'manual' })).headers.get('set-cookie') ?? '';
    const key = new URL(url).searchParams.get('token') ?? '';
    expect(key.length).toBeGreaterThan(40);
    expect(session).not.toContain(key);
    const again = await fetch(url, { redirect: 'manual' });
    expect(again.status).toBe(401);
    expect(again.headers.get('set-cookie')).toBeNull();
    const { body } = await raw('/', { host: new URL(base).host });
    expect(JSON.parse(body)).toMatchObject({ error: { message: expect.stringContaining('Press Enter') } });
    const [name] = session.split('=');
    const forged = { cookie: `${name}=${key}`, host: new URL(base).host };
    expect((await raw('/api/session', forged)).status).toBe(401);
  });

  it('speaks the language of the settings on the pages that lead in', async () => {
    words = inRespelled;
    const own = new URL(base).host;
    const key = new URL(host.newUrl()).search;
    const { body } = await raw(`/${key}`, { host: own, 'sec-fetch-dest': 'document' });
    expect(body).toContain('<html lang="de-DE">');
    const shown = body.replace(/<(script|style|title)\b.*?<\/\1>/gs, '').replace(/<[^>]*>/g, '');
    expect(shown.trim()).toMatch(/^⟦[^a-z]*⟧$/i);
  });

  it('gives another address to who can read the library, and to nobody else', async () => {
    const found = JSON.parse(readFileSync(join(library, 'loopback.json'), 'utf8')) as { secret: string };
    expect(statSync(join(library, 'loopback.json')).mode & 0o077).toBe(0);
    const url = await askForAddress(library);
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=/);
    expect((await fetch(url ?? '', { redirect: 'manual' })).status).toBe(303);
    const own = new URL(base).host;
    expect((await raw('/another-address', { host: own, cookie }, 'POST')).status).toBe(401);
    const guessed = { host: own, 'x-systola-nonce': 'n'.repeat(43), 'x-systola-proof': found.secret };
    expect((await raw('/another-address', guessed, 'POST')).status).toBe(401);
    expect(await askForAddress(join(library, 'elsewhere'))).toBeNull();
  });

  it('keeps its name and port for the next launch, so that the window stays where it was', async () => {
    const { port } = new URL(base);
    const before = JSON.parse(readFileSync(join(library, 'loopback.json'), 'utf8')) as { name: string };
    await host.close();
    const closed = JSON.parse(readFileSync(join(library, 'loopback.json'), 'utf8')) as object;
    expect(closed).toMatchObject({ name: before.name, secret: null });
    expect(await askForAddress(library)).toBeNull();
    host = await serveLoopback({
      application: station.application,
      rendererFolder: library,
      libraryPath: library,
      words: () => words,
    });
    expect(new URL(host.url).port).toBe(port);
    // The session of the launch before is worth nothing.
    expect((await raw('/api/session', { cookie, host: new URL(base).host })).status).toBe(401);
  });

  it('is refused under another name: DNS rebinding', async () => {
    const { host: own } = new URL(base);
    expect((await raw('/api/session', { cookie, host: own })).status).toBe(200);
    expect((await raw('/api/session', { cookie, host: `evil.example:${own.split(':')[1]}` })).status).toBe(
      403,
    );
    expect((await raw('/api/session', { cookie, host: '127.0.0.1' })).status).toBe(403);
  });

  it('is refused to pages of other sites', async () => {
    const { host: own } = new URL(base);
    expect((await raw('/api/session', { cookie, host: own, origin: base })).status).toBe(200);
    for (const origin of ['https://evil.example', 'null', base.replace('127.0.0.1', '127.0.0.2')]) {
      expect((await raw('/api/session', { cookie, host: own, origin })).status).toBe(403);
    }
    const crossSite = { cookie, host: own, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' };
    expect((await raw('/api/session', crossSite)).status).toBe(403);
    const sameSite = { cookie, host: own, 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors' };
    expect((await raw('/api/imports', sameSite, 'POST')).status).toBe(403);
    // A link elsewhere may open the window, and nothing behind it: opening a study is in its audit log.
    const link = { cookie, host: own, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };
    expect((await raw('/', link)).status).toBe(200);
    expect((await raw(`/api/studies/${studyUid}/exports/pdf`, link)).status).toBe(403);
    expect((await raw('/assets/a.js', link)).status).toBe(403);
  });

  it('seals every answer against other origins', async () => {
    const own = new URL(base).host;
    const answers = [
      await raw('/', { host: own, cookie }),
      await raw('/assets/a.js', { host: own, cookie }),
      await raw('/nowhere', { host: own, cookie }),
      await raw('/api/session', { host: own, cookie }),
      await raw('/api/nowhere', { host: own, cookie }),
      await raw('/api/settings', { host: own, cookie, 'content-type': 'application/json' }, 'PUT'),
      await raw('/api/session', { host: own }),
      await raw('/api/session', { host: 'evil.example' }),
      await raw('/', { host: own, cookie }, 'DELETE'),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 404, 200, 404, 200, 401, 403, 405]);
    for (const { headers } of answers) {
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
      expect(headers['cross-origin-resource-policy']).toBe('same-origin');
      expect(headers['cross-origin-opener-policy']).toBe('same-origin');
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['access-control-allow-origin']).toBeUndefined();
    }
  });

  it('takes no path of the disk and no text for JSON', async () => {
    const post = (path: string, body: unknown, type: string) =>
      fetch(`${base}${path}`, {
        method: 'POST',
        headers: { cookie, 'content-type': type },
        body: JSON.stringify(body),
      });
    for (const [path, body] of [
      ['/api/imports', { paths: ['/etc'] }],
      ['/api/models/additions', { path: '/etc' }],
    ] as const) {
      const answer = await post(path, body, 'application/json');
      expect(answer.status).toBe(400);
      expect(await answer.text()).toContain('uploaded');
    }
    expect((await post('/api/imports', { paths: [] }, 'text/plain')).status).toBe(400);
    expect((await post('/api/imports', { paths: [] }, 'application/json; charset=utf-8')).status).toBe(202);
  });

  it('ends a body that stands still, with a session and without', async () => {
    const { port, host: own } = new URL(base);
    const started = (await (
      await fetch(`${base}/api/imports`, { method: 'POST', headers: { cookie } })
    ).json()) as { importId: string };
    const put = `PUT /api/imports/${started.importId}/files?name=a.dcm HTTP/1.1\r\nHost: ${own}\r\nContent-Length: 1000\r\n`;
    const stalled = (headers: string): Promise<string> =>
      new Promise((resolve) => {
        let said = '';
        const socket = connect(Number(port), '127.0.0.1');
        socket.setEncoding('utf8').on('data', (text: string) => (said += text));
        socket.once('close', () => resolve(said));
        socket.once('error', () => resolve(said));
        socket.write(`${put}${headers}\r\nDICM`);
      });
    expect(await stalled('')).toMatch(/^HTTP\/1\.1 401[^]*connection: close/i);
    await stalled(`Cookie: ${cookie}\r\n`);
    const after = await fetch(`${base}/api/session`, { headers: { cookie } });
    expect(after.status).toBe(200);
  });

  it('is not offered on any other address of the machine', async () => {
    const outside = Object.values(networkInterfaces())
      .flat()
      .find((address) => address !== undefined && !address.internal && address.family === 'IPv4');
    if (outside === undefined) return;
    const refused = await new Promise<boolean>((resolve) => {
      const socket = connect(Number(new URL(base).port), outside.address);
      socket.once('connect', () => resolve(false)).once('error', () => resolve(true));
    });
    expect(refused).toBe(true);
  });
});

describe('files of the page', () => {
  it('come with a content security policy and their type', async () => {
    const page = await fetch(base, { headers: { cookie } });
    expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(page.headers.get('x-content-type-options')).toBe('nosniff');
    const script = await fetch(`${base}/assets/a.js`, { headers: { cookie } });
    expect(script.headers.get('content-type')).toContain('text/javascript');
  });

  it.each([
    '/../secret.html',
    '/..%2fsecret.html',
    '/%2e%2e/secret.html',
    '/assets/..%2f..%2fsecret.html',
    '/..\\secret.html',
  ])('never come from outside their folder: %s', async (path) => {
    const { status, body } = await raw(path, { cookie, host: new URL(base).host });
    expect(status).toBe(404);
    expect(body).not.toContain('secret');
  });
});

describe('the application behind it', () => {
  it('takes uploads and gives frames, uncached', async () => {
    const started = (await (
      await fetch(`${base}/api/imports`, { method: 'POST', headers: { cookie } })
    ).json()) as {
      importId: string;
    };
    const files = `${base}/api/imports/${started.importId}/files?name=a4c.dcm`;
    const body = apicalClip() as Uint8Array<ArrayBuffer>;
    const put = await fetch(files, { method: 'PUT', headers: { cookie }, body });
    expect(await put.json()).toMatchObject({ accepted: 1, rejected: [] });
    const frame = await fetch(`${base}/api/clips/${clipUid}/frames/0`, { headers: { cookie } });
    expect((await frame.arrayBuffer()).byteLength).toBe(128 * 112);
    expect(frame.headers.get('cache-control')).toBe('no-store');
  });

  it('lets go of a window whose event stream ends', async () => {
    const { events } = station.application.services;
    const abort = new AbortController();
    const stream = await fetch(`${base}/api/events`, { headers: { cookie }, signal: abort.signal });
    expect(stream.headers.get('content-type')).toContain('application/x-ndjson');
    const { value } = (await stream.body?.getReader().read()) ?? {};
    expect(Buffer.from(value ?? []).toString()).toContain('"hello"');
    expect(events.windows).toBe(1);
    abort.abort();
    await expect.poll(() => events.windows).toBe(0);
  });
});

it('keeps a correction when it is killed right after saying so', async () => {
  const path = folder();
  const seed = await workstation(path);
  await upload(seed.application, { 'a4c.dcm': apicalClip() });
  await seed.application.close();
  let head = 0;
  for (let round = 0; round < 3; round += 1) {
    const main = join(import.meta.dirname, '../../../main/hosts/loopback/main.ts');
    const child = spawn(process.execPath, [main, '--library', path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const url = await new Promise<URL>((resolve) => {
      let text = '';
      child.stdout.setEncoding('utf8').on('data', (more: string) => {
        const found = /http:\/\/\S+/.exec((text += more));
        if (found !== null) resolve(new URL(found[0]));
      });
    });
    const entry = await fetch(url, { redirect: 'manual' });
    const headers = {
      cookie: entry.headers.get('set-cookie')?.split(';')[0] ?? '',
      'content-type': 'application/json',
    };
    const change = {
      slot: 'trace',
      structure: 'lv-cavity',
      sopInstanceUid: clipUid,
      frame: round,
      before: null,
      after: manualTrace(40 + round),
    };
    const body = JSON.stringify({ head, label: 'drew', changes: [change] });
    const answer = await fetch(`${url.origin}/api/studies/${studyUid}/revisions`, {
      method: 'POST',
      headers,
      body,
    });
    const appended = (await answer.json()) as AppendResponse;
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('close', resolve));
    const library = await Library.open(path);
    expect(library.study(studyUid)).toMatchObject({ head: appended.head });
    expect(library.study(studyUid).review.clips[clipUid]?.traces['lv-cavity']?.[round]).toEqual(
      manualTrace(40 + round),
    );
    library.close();
    head = appended.head;
  }
}, 180_000);
