import { framesOf } from '../../../core/review/history-entry.ts';
import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { answerFileDialog, canDriveWindows, focusWindow, pressKeys } from '../../x11.ts';
import {
  beatingSize,
  beatingSop,
  beatingStudy,
  beatingTrace,
  beatingTraces,
  speckledBeatingClip,
} from '../beating-clip.ts';
import { giveName, pageOf, picture, valueOf } from '../workstation.ts';
import { commandLine, internetSockets, processTree } from '../../processes.ts';
import { expect, test, type Desktop } from './desktop.ts';

/** A loop long enough that its run can be disturbed in the middle. */
const longFrames = 200;
const longClip = (): Uint8Array => speckledBeatingClip({ frames: longFrames });

/** Keeps watch over every socket that any process of the desktop holds, until it is told to stop. */
function watchSockets(desktop: Desktop): () => string[] {
  const elsewhere = new Set<string>();
  const look = () => {
    if (!desktop.isRunning) return;
    for (const socket of internetSockets(processTree(desktop.pid))) {
      // What is left is the debugger's, by which this test looks in: 127.0.0.1 at its own end.
      if (!/ (?:0100007F|0{24}0100007F|0000000000000000FFFF00000100007F):/.test(socket))
        elsewhere.add(socket);
    }
  };
  const timer = setInterval(look, 100);
  return () => {
    look();
    clearInterval(timer);
    return [...elsewhere];
  };
}

const inferencePid = (desktop: Desktop): number | undefined =>
  processTree(desktop.pid).find((pid) => /inference[\\/]child\.js/.test(commandLine(pid)));

/** What a reader saw of the loop at some moment. */
interface Seen {
  readonly run: string;
  readonly playing: boolean;
  /** Frames whose contour is in the curve. */
  readonly contours: number;
}

/**
 * Has the page itself note what it shows of the long loop, at every change from now on: a test that looks from outside
 * may look when the run is over.
 */
async function watchLoop(page: Page): Promise<() => Promise<readonly Seen[]>> {
  await page.evaluate(() => {
    const seen: Seen[] = ((window as { seen?: Seen[] }).seen = []);
    const part = (name: string) => document.querySelector<HTMLElement>(`[data-testid=${name}]`);
    const look = () => {
      if (!(part('patient-name')?.textContent ?? '').includes('Beating')) return;
      const now = {
        run: part('run-status')?.dataset['state'] ?? '',
        playing: part('play')?.dataset['playing'] === 'true',
        contours: part('curve')?.getAttribute('d')?.match(/[ML]/g)?.length ?? 0,
      };
      if (JSON.stringify(now) !== JSON.stringify(seen.at(-1))) seen.push(now);
    };
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributes: true });
  });
  return () => page.evaluate(() => (window as { seen?: Seen[] }).seen ?? []);
}

/** Waits until a run is going on: contours are being drawn while the loop plays. */
async function traced(page: Page): Promise<void> {
  const running = page.locator('[data-testid=run-status][data-state=running]').first();
  await expect(running).toBeVisible({ timeout: 120_000 });
  await expect(page.locator('[data-testid=curve]').first()).toHaveAttribute('d', /L/, { timeout: 120_000 });
}

const isOfCavity = ({ structure }: { readonly structure: string }): boolean => structure === 'lv-cavity';

/** Frames that the last finished run of the study contoured. */
async function contouredFrames(desktop: Desktop): Promise<number> {
  const { history } = await desktop.document(beatingStudy);
  return Math.max(
    0,
    ...history.map(({ clips }) =>
      clips.reduce((sum, { traces }) => sum + traces.filter(isOfCavity).flatMap(framesOf).length, 0),
    ),
  );
}

test('a day: command line, dialog, contours while it plays, a drag, a decision, a report, a kill', async ({
  desktop,
}) => {
  test.skip(!canDriveWindows, 'dialogs are answered from outside: xdotool is not here');
  test.setTimeout(600_000);
  let page = await desktop.launch(desktop.file('by command line.dcm', longClip()));
  const socketsElsewhere = watchSockets(desktop);
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));

  // By command line, beside the sample study of a new library; opened by a press on its name.
  await expect(page.locator('[data-testid=study-list]').getByText('Beating').first()).toBeVisible();
  const seen = await watchLoop(page);
  await page.locator('[data-testid=study-list]').getByText('Beating').first().click();
  await expect(page.getByTestId('patient-name')).toContainText('Beating');
  await expect(page.locator('[data-testid=run-status][data-state=finished]').first()).toBeVisible({
    timeout: 300_000,
  });
  // Contours came one after another while the loop played, and not all when the run was over.
  const during = (await seen()).filter(
    ({ run, playing, contours }) => run === 'running' && playing && contours > 0,
  );
  expect(new Set(during.map(({ contours }) => contours)).size).toBeGreaterThan(1);
  expect(Math.min(...during.map(({ contours }) => contours))).toBeLessThan(longFrames);

  // By the system's dialog.
  const other = speckledBeatingClip({
    studyInstanceUid: `${beatingStudy}.9`,
    sopInstanceUid: `${beatingSop}.9`,
    patientName: 'Chosen^Heart',
  });
  const name = 'by dialog.dcm';
  await focusWindow('^Systola');
  await pressKeys('ctrl+o');
  await answerFileDialog('^Open files$', `${desktop.folder}/${name}`, () => desktop.file(name, other));
  await expect
    .poll(async () => (await desktop.studies()).map(({ studyInstanceUid }) => studyInstanceUid))
    .toContain(`${beatingStudy}.9`);
  await page.locator('[data-testid=study-list]').getByText('Chosen').click();
  await expect(page.getByTestId('patient-name')).toContainText('Chosen');
  await expect(page.locator(`[data-clip="${beatingSop}.9"]`).first()).toBeVisible();

  // A drag.
  await desktop.contour(`${beatingStudy}.9`, `${beatingSop}.9`, beatingTraces());
  await expect(page.getByTestId('ef')).toBeVisible();
  if ((await page.getByTestId('play').getAttribute('data-playing')) === 'true')
    await page.keyboard.press('Space');
  const before = await valueOf(page, 'number-EDV');
  const frame = Number(await picture(page, 'ed').getAttribute('data-still-frame'));
  const [x, y] = beatingTrace(frame).points[3] ?? [0, 0];
  const from = await pageOf(page, 'ed', beatingSize, [x, y]);
  const to = await pageOf(page, 'ed', beatingSize, [x - 12, y]);
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(to.x, to.y, { steps: 4 });
  await page.mouse.up();
  await expect(page.getByTestId('history').getByText('moved a point')).toBeVisible();
  const corrected = await valueOf(page, 'number-EDV');
  expect(corrected).toBeGreaterThan(before + 1);

  // A decision, and a report through the system's dialog.
  await page.getByTestId('accept').click();
  await giveName(page);
  await expect(page.getByTestId('decision')).toHaveAttribute('data-state', 'accepted');
  await focusWindow('^Systola');
  await pressKeys('ctrl+shift+e');
  await answerFileDialog('^Export Report .PDF.$', `${desktop.folder}/report`);
  await expect(page.getByText(`Report written to ${desktop.folder}/report.pdf`)).toBeVisible({
    timeout: 60_000,
  });
  expect(readFileSync(`${desktop.folder}/report.pdf`).subarray(0, 5).toString()).toBe('%PDF-');

  expect(socketsElsewhere()).toEqual([]);
  expect(asked.filter((url) => !/^(?:systola:\/\/app\/|blob:systola:\/\/app\/|data:)/.test(url))).toEqual([]);

  // Killed and opened again.
  await desktop.kill();
  page = await desktop.launch();
  await page.locator('[data-testid=study-list]').getByText('Chosen').click();
  await expect(page.getByTestId('patient-name')).toContainText('Chosen');
  await expect(page.locator(`[data-clip="${beatingSop}.9"]`).first()).toBeVisible();
  await expect(page.getByTestId('decision')).toHaveAttribute('data-state', 'accepted');
  await expect.poll(() => valueOf(page, 'number-EDV')).toBeCloseTo(corrected, 6);
});

test('inference that crashes in the middle of a run is started again, and the run ends whole', async ({
  desktop,
}) => {
  test.setTimeout(400_000);
  const page = await desktop.launch(desktop.file('long.dcm', longClip()));
  await page.locator('[data-testid=study-list]').getByText('Beating').first().click();
  await expect(page.getByTestId('patient-name')).toContainText('Beating');
  await traced(page);
  const pid = inferencePid(desktop);
  process.kill(pid ?? 0, 'SIGSEGV');
  await expect(page.locator('[data-testid=run-status][data-state=finished]').first()).toBeVisible({
    timeout: 300_000,
  });
  expect(await contouredFrames(desktop)).toBe(longFrames);
  expect(processTree(desktop.pid)).not.toContain(pid);
});

test('a page that crashes in the middle of a run is drawn anew, and the run goes on', async ({ desktop }) => {
  test.setTimeout(400_000);
  const page = await desktop.launch(desktop.file('long.dcm', longClip()));
  await page.locator('[data-testid=study-list]').getByText('Beating').first().click();
  await expect(page.getByTestId('patient-name')).toContainText('Beating');
  await traced(page);
  const inference = inferencePid(desktop);
  const renderer = await desktop.inMain(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.webContents.getOSProcessId(),
  );
  process.kill(renderer ?? 0, 'SIGSEGV');
  await expect
    .poll(
      () =>
        desktop
          .inPage(`document.querySelector('[data-testid=study-list]')?.textContent ?? ''`)
          .catch(() => ''),
      { timeout: 60_000 },
    )
    .toContain('Beating');
  const anew = await desktop.inMain(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.webContents.getOSProcessId(),
  );
  expect(anew).not.toBe(renderer);
  expect(inferencePid(desktop)).toBe(inference);
  await expect.poll(() => contouredFrames(desktop), { timeout: 300_000 }).toBe(longFrames);
});
