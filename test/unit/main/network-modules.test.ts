import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../../..');
const modules = /['"](?:node:)?(?:net|tls|http|https|http2|dgram|dns)(?:\/promises)?['"]/;

/** Lint sees static imports; this sees every way to name a module. */
it('sockets are opened by the folder for DICOM and the loopback host alone', () => {
  const users = ['core', 'main', 'renderer']
    .flatMap((top) =>
      readdirSync(join(root, top), { recursive: true, encoding: 'utf8' }).map((name) => `${top}/${name}`),
    )
    .filter((name) => /\.(ts|mts|mjs|svelte)$/.test(name))
    .filter((name) => modules.test(readFileSync(join(root, name), 'utf8')));
  const folders = new Set(users.map((name) => name.split('/').slice(0, -1).join('/')));
  expect([...folders].toSorted()).toEqual(['main/hosts/loopback', 'main/network']);
});
