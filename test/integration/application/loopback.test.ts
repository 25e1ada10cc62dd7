import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AppendResponse } from '../../../core/api/requests.ts';
import { serveLoopback, type LoopbackHost } from '../../../main/hosts/loopback/serve.ts';
import { Library } from '../../../main/library/library.ts';
import { manualTrace } from '../../fixtures/library/facts.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';
import { apicalClip, clipUid, studyUid, upload, workstation } from './workstation.ts';

const folder = temporaryFolders();
let station: Awaited<ReturnType<typeof workstation>>;
let host: LoopbackHost;
let base: string;
let cookie: string;

beforeEach(async () => {
  const root = folder();
  mkdirSync(join(root, 'renderer', 'assets'), { recursive: true });
  writeFileSync(join(root, 'renderer', 'index.html'), '<!doctype html>the page');
  writeFileSync(join(root, 'renderer', 'assets', 'a.js'), 'export {};');
  writeFileSync(join(root, 'secret.html'), 'secret');
  station = await workstation(join(root, 'library'));
  host = await serveLoopback({ application: station.application, rendererFolder: join(root, 'renderer') });
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
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(`${base}${path}`, { method, headers, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    request.once('error', reject);
    request.end();
  });
}

describe('access', () => {
  it('needs the token once, then the cookie', async () => {
    expect((await fetch(base)).status).toBe(401);
    expect((await fetch(`${base}/?token=wrong`)).status).toBe(401);
    expect((await fetch(`${base}/api/studies`)).status).toBe(401);
    const first = await fetch(host.url, { redirect: 'manual' });
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
    expect(library.study(studyUid).review.clips[clipUid]?.traces[round]).toEqual(manualTrace(40 + round));
    library.close();
    head = appended.head;
  }
}, 180_000);
