import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { chromium, type CDPSession, type Page } from '@playwright/test';
import { Library } from '../../main/library/library.ts';
import { Workstation } from '../end-to-end/loopback-workstation.ts';
import { addManyStudies } from '../fixtures/library/many-studies.ts';
import { quantile, type BenchResult } from './result.ts';

const studies = { small: 4960, measured: 40 } as const;
const count = studies.small + studies.measured;
const firstPaintTargetMs = 1000;
const searchTargetMs = 100;
const nextStudyTargetMs = 500;
/** Between the first look at what is held, when everything that is kept is full, and the last. */
const switches = Number(process.env['SYSTOLA_BENCH_SWITCHES'] ?? 1000);
/** For some hundred switches the browser compiles what runs often: its heap is then what it is 1,500 later. */
const warmUpSwitches = 1000;
const flatPart = 0.05;

/**
 * Measures the worklist over a library of 5,000 studies in Chromium: how long until it is seen after the page was asked
 * for, how long a search takes from the key to the picture, how long until the next study is on screen with EF and
 * picture, and whether anything grows over 1,000 studies.
 */
export async function runWorklistBench(): Promise<BenchResult[]> {
  const workstation = new Workstation({ models: false });
  const library = await Library.open(workstation.library);
  await addManyStudies(library, studies);
  library.close();
  const executablePath = [process.env['CHROME_PATH'], '/usr/bin/chromium', '/usr/bin/chromium-browser'].find(
    (path) => path !== undefined && existsSync(path),
  );
  const browser = await chromium.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    args: ['--disable-gpu', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
  });
  try {
    await workstation.start();
    const page = await browser.newPage({ viewport: { width: 1600, height: 1000 } });
    await page.goto(workstation.url);
    await page.waitForSelector('[data-row]');
    const firstPaint = await firstPaints(page);
    const search = await searches(page);
    const next = await nextStudies(page);
    const held = await heldOver(page, workstation.processId, switches);
    const ms = (value: number) => `${value.toFixed(0)} ms`;
    return [
      {
        name: `worklist of ${count} studies: seen after the page was asked for, slowest of ${firstPaint.length}`,
        target: `≤ ${firstPaintTargetMs} ms`,
        measured: ms(Math.max(...firstPaint)),
        met: Math.max(...firstPaint) <= firstPaintTargetMs,
      },
      {
        name: `worklist of ${count} studies: search, from the key to the picture, p95 of ${search.length}`,
        target: `≤ ${searchTargetMs} ms`,
        measured: ms(quantile(search, 0.95)),
        met: quantile(search, 0.95) <= searchTargetMs,
      },
      {
        name: `next study, measured: one key to EF and picture, p95 of ${next.length}`,
        target: `≤ ${nextStudyTargetMs} ms`,
        measured: ms(quantile(next, 0.95)),
        met: quantile(next, 0.95) <= nextStudyTargetMs,
      },
      ...held,
    ];
  } finally {
    await browser.close();
    await workstation.dispose();
  }
}

async function firstPaints(page: Page): Promise<number[]> {
  const times: number[] = [];
  for (let load = 0; load < 5; load += 1) {
    await page.reload();
    await page.waitForSelector('[data-row]');
    times.push(
      await page.evaluate(
        () => new Promise<number>((seen) => requestAnimationFrame(() => seen(performance.now()))),
      ),
    );
  }
  return times;
}

async function searches(page: Page): Promise<number[]> {
  return page.evaluate(async () => {
    const input = document.querySelector<HTMLInputElement>('#worklist-search');
    if (!input) throw new Error('There is no search.');
    const times: number[] = [];
    for (const words of [
      'ito ann',
      'jan 2024 fischer',
      '2025-03-01',
      'p4999',
      'corrected dr. reader',
      'díaz new',
    ]) {
      for (let end = 1; end <= words.length; end += 1) {
        const begun = performance.now();
        input.value = words.slice(0, end);
        input.dispatchEvent(new Event('input', { bubbles: true }));
        // The task behind the animation frame comes when it has been painted.
        await new Promise((painted) => requestAnimationFrame(() => setTimeout(painted)));
        times.push(performance.now() - begun);
      }
    }
    input.value = '';
    input.dispatchEvent(new Event('input', { bubbles: true }));
    return times;
  });
}

/** Resolves with the time from the key to another patient's name, EF and a drawn picture. */
async function press(page: Page, key: 'j' | 'k'): Promise<number> {
  return page.evaluate(
    (key) =>
      new Promise<number>((seen) => {
        const name = () => document.querySelector('[data-testid=patient-name]')?.textContent ?? '';
        const before = name();
        const begun = performance.now();
        window.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
        const look = () => {
          const isThere =
            name() !== before &&
            document.querySelector('[data-testid=ef]') !== null &&
            document.querySelector('[data-picture=cine][data-drawn=true]') !== null;
          if (isThere) setTimeout(() => seen(performance.now() - begun));
          else requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
      }),
    key,
  );
}

async function nextStudies(page: Page): Promise<number[]> {
  const times: number[] = [];
  // The first study of the list: what comes behind it was read by nobody before.
  await page.locator('[data-row]').first().click();
  await page.waitForSelector('[data-testid=ef]');
  for (let study = 1; study < studies.measured; study += 1) times.push(await press(page, 'j'));
  return times;
}

interface Held {
  readonly heapBytes: number;
  readonly nodes: number;
  readonly listeners: number;
  readonly canvases: number;
  readonly files: number;
  readonly hostBytes: number;
}

async function heldNow(page: Page, session: CDPSession, host: number): Promise<Held> {
  for (let round = 0; round < 3; round += 1) await session.send('HeapProfiler.collectGarbage');
  const { metrics } = await session.send('Performance.getMetrics');
  const metric = (name: string) => metrics.find((one) => one.name === name)?.value ?? NaN;
  const status = readFileSync(`/proc/${host}/status`, 'utf8');
  return {
    heapBytes: metric('JSHeapUsedSize'),
    nodes: metric('Nodes'),
    listeners: metric('JSEventListeners'),
    canvases: await page.evaluate(() => document.querySelectorAll('canvas').length),
    files: readdirSync(`/proc/${host}/fd`).length,
    hostBytes: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? NaN) * 1024,
  };
}

async function heldOver(page: Page, host: number, times: number): Promise<BenchResult[]> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  let at = studies.measured - 1;
  let way: 'j' | 'k' = 'k';
  const walk = async (steps: number) => {
    for (let step = 0; step < steps; step += 1) {
      if (at === 0) way = 'j';
      if (at === studies.measured - 1) way = 'k';
      at += way === 'j' ? 1 : -1;
      await press(page, way);
    }
  };
  await walk(warmUpSwitches);
  const before = await heldNow(page, session, host);
  await walk(times);
  const after = await heldNow(page, session, host);
  const what = {
    heapBytes: 'heap of the window',
    nodes: 'nodes of the window',
    listeners: 'listeners of the window',
    canvases: 'canvases on screen',
    files: 'open files of the host',
    hostBytes: 'memory of the host (resident)',
  } as const;
  return Object.entries(what).map(([name, words]) => {
    const [first, last] = [before[name as keyof Held], after[name as keyof Held]];
    const inMiB = name.endsWith('Bytes');
    const text = (value: number) => (inMiB ? `${(value / 2 ** 20).toFixed(1)} MiB` : String(value));
    return {
      name: `${times} studies one after the other: ${words}`,
      target: `≤ ${100 * flatPart} % more`,
      measured: `${text(first)} → ${text(last)}`,
      met: last <= first * (1 + flatPart),
    };
  });
}
