import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from './workstation.ts';

test.use({ workstationOptions: { models: false } });

/** Another program's server on this machine, which remembers what browsers send it. */
async function neighbour(): Promise<{ server: Server; url: string; cookies: (string | undefined)[] }> {
  const cookies: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    cookies.push(request.headers.cookie);
    response.setHeader('content-type', 'text/html');
    response.end('<!doctype html><title>Neighbour</title>');
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, cookies };
}

test('an address opens the window once, under a name that no other port is visited by', async ({
  page,
  context,
  workstation,
}) => {
  await page.goto(workstation.url);
  await expect(page.getByTestId('welcome')).toBeVisible();
  const window = new URL(page.url());
  expect(window.hostname).toMatch(/^[0-9a-f]{20}\.localhost$/);
  expect(window.search).toBe('');
  // A session lasts until the browser is closed, and a reload needs nothing more.
  await page.reload();
  await expect(page.getByTestId('welcome')).toBeVisible();

  const other = await context.newPage();
  await other.goto(workstation.url);
  await expect(other.getByText('was used already')).toBeVisible();

  const { server, url, cookies } = await neighbour();
  try {
    await other.goto(url);
    await expect(other).toHaveTitle('Neighbour');
    expect(cookies[0]).toBeUndefined();
    // Nor can a page of that port reach behind the window.
    const reached = await other.evaluate(
      async (addresses) =>
        Promise.all(
          addresses.map((address) =>
            fetch(address, { credentials: 'include' }).then(
              () => true,
              () => false,
            ),
          ),
        ),
      [`${window.origin}/api/studies`, `http://127.0.0.1:${window.port}/api/studies`],
    );
    expect(reached).toEqual([false, false]);
  } finally {
    server.close();
    server.closeAllConnections();
  }
});

test('where the browser does not resolve that name, the window opens under 127.0.0.1', async ({
  page,
  workstation,
}) => {
  await page.route(/\.localhost:\d+\//, (route) => route.abort('namenotresolved'));
  await page.goto(workstation.url);
  await expect(page.getByTestId('welcome')).toBeVisible();
  expect(new URL(page.url()).hostname).toBe('127.0.0.1');
});
