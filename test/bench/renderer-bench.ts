import { readFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Page } from '@playwright/test';
import type { StudyDocument } from '../../core/api/requests.ts';
import type { ClipFacts } from '../../core/clip/clip.ts';
import type { Point } from '../../core/geometry/point.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { Workstation } from '../end-to-end/loopback-workstation.ts';
import { judgePlayback, samplePlayback } from '../end-to-end/playback-probe.ts';
import { buildDicom } from '../fixtures/dicom/build.ts';
import { quantile, type BenchResult } from './result.ts';

const size = { rows: 456, columns: 576, frames: 65 } as const;
const drags = 200;
/** How long playback is watched, s; a 200 ms stall comes in the middle. */
const seconds = 10;
const stallMs = 200;

/** Grey levels that compress like a sector does: noise in a wedge, black around it. */
function sector(frame: number): Uint8Array {
  const pixels = new Uint8Array(size.rows * size.columns);
  let seed = 7 + frame;
  for (let y = 0; y < size.rows; y += 1) {
    for (let x = 0; x < size.columns; x += 1) {
      seed = (seed * 1103515245 + 12345) & 0x7fffffff;
      if (Math.abs(x - 288) < y * 0.75) pixels[y * size.columns + x] = 40 + ((seed >> 16) % 60);
    }
  }
  return pixels;
}

const loops = [
  {
    study: '1.2.826.0.1.3680043.10.9.1',
    sop: '1.2.826.0.1.3680043.10.9.2',
    timing: 'even',
    frameTimeMs: 33.3,
  },
  {
    study: '1.2.826.0.1.3680043.10.9.3',
    sop: '1.2.826.0.1.3680043.10.9.4',
    timing: 'jittered',
    frameTimeVectorMs: Array.from({ length: size.frames }, (_, frame) =>
      frame === 0 ? 0 : 28 + ((frame * 7) % 11),
    ),
  },
] as const;

function files(workstation: Workstation): string[] {
  const built = loops.map(({ study, sop, timing, ...times }) =>
    workstation.file(
      `${timing}.dcm`,
      buildDicom({
        ...size,
        ...times,
        syntax: 'jpeg',
        studyInstanceUid: study,
        sopInstanceUid: sop,
        patientName: `Bench^${timing}`,
        pixels: sector,
        regions: [{ box: [0, 0, size.columns - 1, size.rows - 1], deltaX: 0.03, deltaY: 0.03 }],
      }),
    ),
  );
  const data = process.env['SYSTOLA_TEST_DATA'];
  const real = data === undefined ? '' : join(data, 'dicom/acuson-sequoia-a4c/DIRW0007.dcm');
  return existsSync(real) ? [...built, workstation.file('real.dcm', readFileSync(real))] : built;
}

function trace(frame: number, clip: ClipFacts): Trace {
  const wide = clip.columns * (0.1 - 0.03 * Math.sin((Math.PI * frame) / 20) ** 2);
  const points = Array.from({ length: 17 }, (_, index): Point => {
    const angle = Math.PI - (Math.PI * index) / 16;
    return [clip.columns / 2 + wide * Math.cos(angle), clip.rows * 0.65 - wide * 3.2 * Math.sin(angle)];
  });
  return { points, apexIndex: 8, source: { kind: 'manual' }, confidence: null };
}

async function study(page: Page, uid: string): Promise<StudyDocument> {
  return (await page.evaluate(
    async (id) => (await fetch(`/api/studies/${id}`)).json(),
    uid,
  )) as StudyDocument;
}

async function addTraces(page: Page, uid: string): Promise<ClipFacts> {
  const { clips, head } = await study(page, uid);
  const clip = clips[0];
  if (!clip) throw new Error('The study has no clip.');
  const changes = Array.from({ length: clip.frames }, (_, frame) => ({
    slot: 'trace',
    structure: 'lv-cavity',
    sopInstanceUid: clip.sopInstanceUid,
    frame,
    before: null,
    after: trace(frame, clip),
  }));
  await page.evaluate(
    async ({ uid, head, changes }) => {
      const answer = await fetch(`/api/studies/${uid}/revisions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ head, label: 'contours of the bench', changes }),
      });
      if (!answer.ok) throw new Error(await answer.text());
    },
    { uid, head, changes },
  );
  return clip;
}

/** Presses a study in the list and times its first picture and its last frame, in the page. */
async function open(page: Page, uid: string, clip: string): Promise<{ first: number; all: number }> {
  return page.evaluate(
    ({ uid, clip }) =>
      new Promise<{ first: number; all: number }>((resolve) => {
        const start = performance.now();
        let first = 0;
        const look = () => {
          const picture = document.querySelector<HTMLElement>(`[data-picture=cine][data-clip="${clip}"]`);
          const loop = picture?.dataset;
          if (first === 0 && loop?.['drawn'] === 'true') first = performance.now() - start;
          if (first > 0 && Number(loop?.['loaded']) >= Number(loop?.['frames'])) {
            resolve({ first, all: performance.now() - start });
          } else requestAnimationFrame(look);
        };
        document.querySelector<HTMLButtonElement>(`[data-study="${uid}"]`)?.click();
        look();
      }),
    { uid, clip },
  );
}

/** Drags a control point of the ED still back and forth and reads the handler's own times. */
async function drag(page: Page, clip: ClipFacts): Promise<number[]> {
  const still = page.locator(`[data-picture=ed][data-clip="${clip.sopInstanceUid}"]`);
  await still.waitFor();
  const box = await still.boundingBox();
  if (!box) throw new Error('There is no ED still.');
  const frame = Number(await still.getAttribute('data-still-frame'));
  const scale = Math.min(box.width / clip.columns, box.height / clip.rows);
  const [x, y] = trace(frame, clip).points[4] ?? [0, 0];
  const at = {
    x: box.x + (box.width - clip.columns * scale) / 2 + (x + 0.5) * scale,
    y: box.y + (box.height - clip.rows * scale) / 2 + (y + 0.5) * scale,
  };
  await page.mouse.move(at.x, at.y);
  await page.mouse.down();
  for (let move = 1; move <= drags; move += 1) {
    await page.mouse.move(at.x - 12 * Math.sin(move / 9), at.y + 6 * Math.sin(move / 5));
  }
  const times = await page.evaluate(() =>
    performance.getEntriesByName('systola:drag').map((entry) => entry.duration),
  );
  await page.keyboard.press('Escape');
  await page.mouse.up();
  return times;
}

/**
 * Measures the window against a loopback host of its own in Chromium, without a graphics card: opening, dragging,
 * and ten seconds of playback with contours, a 200 ms stall in the middle. The renderer must have been built.
 */
export async function runRendererBench(): Promise<BenchResult[]> {
  const workstation = new Workstation({ models: false });
  const executablePath = [process.env['CHROME_PATH'], '/usr/bin/chromium', '/usr/bin/chromium-browser'].find(
    (path) => path !== undefined && existsSync(path),
  );
  const browser = await chromium.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    args: ['--disable-gpu', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
  });
  try {
    await workstation.start();
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.goto(workstation.url);
    // The address leads to the window by a page of its own.
    await page.waitForSelector('[data-testid=welcome]');
    const paths = files(workstation);
    await page.evaluate(async (files) => {
      await fetch('/api/imports', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ paths: files }),
      });
    }, paths);
    await page.waitForFunction(
      (count) => document.querySelectorAll('[data-study]').length === count,
      paths.length,
    );
    const uids = await page.$$eval('[data-study]', (list) =>
      list.map((one) => one.getAttribute('data-study') ?? ''),
    );
    const real = uids.find((uid) => loops.every((loop) => loop.study !== uid));
    const clips = new Map<string, ClipFacts>();
    for (const uid of uids) clips.set(uid, await addTraces(page, uid));

    // A new launch: nothing is decoded, neither in the application nor in the window.
    await workstation.kill();
    await workstation.start();
    await page.goto(workstation.url);
    await page.waitForSelector('[data-study]');
    const opened = real ?? loops[0].study;
    const facts = clips.get(opened);
    if (!facts) throw new Error('The loop was not imported.');
    const { first, all } = await open(page, opened, facts.sopInstanceUid);
    const moves = await drag(page, facts);

    const name = `${facts.frames} frames ${facts.columns}×${facts.rows}${real === undefined ? ', built' : ', a real JPEG loop'}`;
    const p95 = quantile(moves, 0.95);
    const results: BenchResult[] = [
      {
        name: `first picture, ${name}`,
        target: 'under 1000 ms',
        measured: `${first.toFixed(0)} ms`,
        met: first < 1000,
      },
      {
        name: `all frames, ${name}`,
        target: 'under 2000 ms',
        measured: `${all.toFixed(0)} ms`,
        met: all < 2000,
      },
      {
        name: 'drag of a control point, p95',
        target: 'under 8 ms',
        measured: `${p95.toFixed(1)} ms of ${moves.length} moves`,
        met: p95 < 8,
      },
    ];
    for (const loop of loops) {
      const clip = clips.get(loop.study);
      if (!clip) continue;
      await open(page, loop.study, loop.sop);
      const judged = judgePlayback(clip.timing, await samplePlayback(page, loop.sop, seconds, stallMs));
      results.push(
        {
          name: `playback, ${loop.timing} times, ${stallMs} ms stall: wrong pictures`,
          target: 'none',
          measured: `${judged.wrong} of ${judged.animationFrames}, drift ${judged.driftMs.toFixed(1)} ms`,
          met: judged.wrong === 0,
        },
        {
          name: `playback, ${loop.timing} times: pictures shown`,
          target: 'at least 15 pictures/s, dropped counted',
          measured: `${judged.picturesPerSecond.toFixed(1)} pictures/s, ${judged.dropped} dropped`,
          met: judged.picturesPerSecond >= 15 && judged.dropped > 0,
        },
      );
    }
    return results;
  } finally {
    await browser.close();
    await workstation.dispose();
  }
}
