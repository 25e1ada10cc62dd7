import { createSocket } from 'node:dgram';
import { networkInterfaces } from 'node:os';
import { expect, test } from './desktop.ts';

test('opens on its own scheme with the sample study', async ({ desktop }) => {
  const page = await desktop.launch();
  expect(page.url()).toBe('systola://app/index.html');
  await expect(page).toHaveTitle(/Systola/);
  await expect.poll(async () => (await desktop.studies()).length).toBe(1);
});

test('gives the page what only a desktop can do, and nothing of Node', async ({ desktop }) => {
  const page = await desktop.launch();
  expect(await page.evaluate(() => Object.keys(window.systola ?? {}).sort())).toEqual([
    'chooseExportFolder',
    'chooseFiles',
    'chooseFolder',
    'editText',
    'onCommand',
    'openStudy',
    'openWorklist',
    'pathsOf',
    'restart',
    'saveExport',
    'saveMapping',
    'showExport',
    'showStudy',
    'startBackup',
    'studyShown',
    'windowFullScreen',
  ]);
  expect(await page.evaluate(() => [typeof globalThis.process, 'require' in globalThis])).toEqual([
    'undefined',
    false,
  ]);
});

test('reaches nothing but itself', async ({ desktop }) => {
  const page = await desktop.launch();
  const outcome = (url: string) =>
    page.evaluate(
      (address) =>
        fetch(address, { mode: 'no-cors' }).then(
          () => 'reached',
          () => 'refused',
        ),
      url,
    );
  expect(await outcome('https://example.org/')).toBe('refused');
  expect(await outcome('http://127.0.0.1:9/')).toBe('refused');
  expect(await outcome('file:///etc/hostname')).toBe('refused');
  expect(await page.evaluate(() => window.open('https://example.org/'))).toBeNull();
  expect(desktop.application.windows()).toHaveLength(1);
});

test('sends nothing by WebRTC', async ({ desktop }) => {
  const page = await desktop.launch();
  const own = Object.values(networkInterfaces())
    .flat()
    .filter((one) => one !== undefined)
    .filter(({ family }) => family === 'IPv4')
    .map(({ address }) => address);
  const received: string[] = [];
  const socket = createSocket('udp4', (_message, { address }) => received.push(address));
  await new Promise<void>((done) => socket.bind(0, '0.0.0.0', done));
  try {
    const candidates = await page.evaluate(
      async ([port, addresses]) => {
        const seen: string[] = [];
        try {
          const connection = new RTCPeerConnection({
            iceServers: addresses.map((address) => ({ urls: `stun:${address}:${port}` })),
          });
          connection.createDataChannel('out');
          connection.onicecandidate = ({ candidate }) => {
            if (candidate !== null) seen.push(candidate.candidate);
          };
          await connection.setLocalDescription(await connection.createOffer());
          while (connection.iceGatheringState !== 'complete')
            await new Promise((done) =>
              connection.addEventListener('icegatheringstatechange', done, { once: true }),
            );
        } catch (error) {
          seen.push(`refused: ${(error as Error).message}`);
        }
        return seen;
      },
      [socket.address().port, own] as const,
    );
    expect(candidates.filter((line) => / udp /i.test(line))).toEqual([]);
    expect(received).toEqual([]);
  } finally {
    socket.close();
  }
});

test('streams events over the scheme', async ({ desktop }) => {
  const page = await desktop.launch();
  const first = await page.evaluate(async () => {
    const response = await fetch('/api/events');
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    const { value } = await reader.read();
    await reader.cancel();
    return value;
  });
  expect(JSON.parse((first ?? '').split('\n')[0] ?? '')).toMatchObject({ type: 'hello' });
});
