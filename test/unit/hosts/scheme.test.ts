import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isOwn, schemeHandler } from '../../../main/hosts/electron/scheme.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'systola-scheme-'));
  mkdirSync(join(folder, 'renderer', 'assets'), { recursive: true });
  writeFileSync(join(folder, 'secret.json'), '{"secret":true}');
  writeFileSync(join(folder, 'renderer', 'index.html'), '<!doctype html><title>Systola</title>');
  writeFileSync(join(folder, 'renderer', 'assets', 'index-1a2b.js'), 'export {};');
  writeFileSync(join(folder, 'renderer', 'notes.exe'), 'MZ');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function handler() {
  const seen: string[] = [];
  const handle = schemeHandler(
    async (request) => {
      seen.push(`${request.method} ${request.url} ${await request.text()}`);
      return Response.json({ fine: true });
    },
    join(folder, 'renderer'),
  );
  return { handle, seen };
}

describe('the custom scheme', () => {
  it('gives requests below /api/ to the application, unchanged', async () => {
    const { handle, seen } = handler();
    const response = await handle(
      new Request('systola://app/api/imports?dry=1', { method: 'POST', body: '{"paths":["/a.dcm"]}' }),
    );
    expect(await response.json()).toEqual({ fine: true });
    expect(seen).toEqual(['POST systola://app/api/imports?dry=1 {"paths":["/a.dcm"]}']);
  });

  it('serves the page with a policy that names no foreign source', async () => {
    const response = await handler().handle(new Request('systola://app/'));
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("object-src 'none'");
    expect(policy).not.toMatch(/https?:|\*|'unsafe-eval'/);
    expect(policy).not.toMatch(/script-src[^;]*unsafe-inline/);
    expect(await response.text()).toContain('<title>Systola</title>');
  });

  it('lets hashed files be kept and the page not', async () => {
    const { handle } = handler();
    const script = await handle(new Request('systola://app/assets/index-1a2b.js'));
    expect(script.headers.get('cache-control')).toContain('immutable');
    const page = await handle(new Request('systola://app/index.html'));
    expect(page.headers.get('cache-control')).toBe('no-cache');
  });

  it.each([
    '/../secret.json',
    '/..%2fsecret.json',
    '/%2e%2e/secret.json',
    '/assets/..%2f..%2fsecret.json',
    '/..%5csecret.json',
    '/%00',
    '/%zz',
    '//etc/passwd',
    '/assets',
    '/missing.js',
    '/notes.exe',
    '/C:%5Csecret.json',
  ])('finds nothing at %s', async (path) => {
    const response = await handler().handle(new Request(`systola://app${path}`));
    expect(response.status).toBe(404);
    expect(await response.text()).not.toContain('secret');
  });

  it('refuses to write files and to answer for another host', async () => {
    const { handle, seen } = handler();
    expect((await handle(new Request('systola://app/index.html', { method: 'PUT', body: 'x' }))).status).toBe(
      405,
    );
    expect((await handle(new Request('systola://elsewhere/api/studies'))).status).toBe(404);
    expect(seen).toEqual([]);
  });

  it.each([
    ['systola://app/', true],
    ['systola://app/index.html?x#y', true],
    ['systola://app.example.org/', false],
    ['systola://app@example.org/', false],
    ['systola://user@app/', false],
    ['systola-x://app/', false],
    ['https://app/', false],
    ['file:///index.html', false],
    ['', false],
  ])('knows whether %s is its own', (url, own) => {
    expect(isOwn(url)).toBe(own);
  });
});
