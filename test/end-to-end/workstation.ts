import { test as base, expect, type Page, type Route } from '@playwright/test';
import type { Trace } from '../../core/trace/trace.ts';
import { Workstation, root, type WorkstationOptions } from './loopback-workstation.ts';

export { root };

interface Fixtures {
  readonly workstationOptions: WorkstationOptions;
  readonly workstation: Workstation;
  /** Addresses outside of the application that the page asked for, and everything it complained of. */
  readonly complaints: string[];
}

export const test = base.extend<Fixtures>({
  workstationOptions: [{}, { option: true }],

  workstation: async ({ workstationOptions, page }, use) => {
    const workstation = new Workstation(workstationOptions);
    try {
      await workstation.start();
      await use(workstation);
    } finally {
      // Before its server goes: frames that it still fetches would fail, and Cornerstone leaves such failures unhandled.
      await page.close();
      await workstation.dispose();
    }
  },

  complaints: [
    async ({ page }, use) => {
      const complaints: string[] = [];
      page.on('request', (request) => {
        const url = new URL(request.url());
        const own =
          /^127\.0\.0\.1$|\.localhost$/.test(url.hostname) ||
          url.protocol === 'blob:' ||
          url.protocol === 'data:';
        if (!own) complaints.push(`request to ${url.href}`);
      });
      page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
      page.on('console', (message) => {
        if (message.text().includes('Content Security Policy')) complaints.push(message.text());
      });
      await use(complaints);
      expect(complaints, 'requests to elsewhere, errors and policy violations').toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };

/** Imports files by their paths and waits until the first study is open. */
export async function openWith(
  page: Page,
  workstation: Workstation,
  paths: readonly string[],
): Promise<void> {
  await page.goto(workstation.url);
  await expect(page.getByTestId('welcome')).toBeVisible();
  await expect(page.getByText('Nothing here yet', { exact: true })).toBeVisible();
  await page.evaluate(async (files) => {
    const answer = await fetch('/api/imports', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ paths: files }),
    });
    if (!answer.ok) throw new Error(await answer.text());
  }, paths);
  await expect(page.getByTestId('patient-name')).toBeVisible();
}

/** Records contours for a clip as one revision, as a reader's tool might. */
export async function recordTraces(
  page: Page,
  study: string,
  clip: string,
  traces: Readonly<Record<number, Trace>>,
  structure = 'lv-cavity',
): Promise<void> {
  await page.evaluate(
    async ({ study, clip, traces, structure }) => {
      const document = (await (await fetch(`/api/studies/${study}`)).json()) as { head: number };
      const answer = await fetch(`/api/studies/${study}/revisions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          head: document.head,
          label: 'contours of the test',
          changes: Object.entries(traces).map(([frame, after]) => ({
            slot: 'trace',
            structure,
            sopInstanceUid: clip,
            frame: Number(frame),
            before: null,
            after,
          })),
        }),
      });
      if (!answer.ok) throw new Error(await answer.text());
    },
    { study, clip, traces, structure },
  );
}

/**
 * Answers requests of a page that is open already. The browser says that it intercepts before the page does: a request
 * of the next moment may still pass by (one in 20 to 50). So requests are made until the route has one of them.
 */
export async function routeOpenPage(
  page: Page,
  address: string | RegExp,
  answer: (route: Route) => Promise<void>,
): Promise<void> {
  await page.route(address, answer);
  const tried = '**/tried-by-the-test';
  await page.route(tried, (route) => route.fulfill({ body: 'by the test' }));
  await expect
    .poll(() => page.evaluate(async () => (await fetch('/tried-by-the-test')).text()))
    .toBe('by the test');
  await page.unroute(tried);
}

/** Looks at the report, and saves it. */
export async function saveReport(page: Page): Promise<void> {
  await page.getByTestId('report').click();
  await expect(page.getByTestId('preview-page').first()).toBeVisible();
  await page.getByTestId('report-save').click();
}

/** Gives the name that is asked for at the first decision. */
export async function giveName(page: Page): Promise<void> {
  await page.getByTestId('dialog-reader').getByRole('textbox').fill('Dr. Reader');
  await page.getByTestId('reader-save').click();
}

export const picture = (page: Page, kind: 'cine' | 'ed' | 'es', clip?: string) =>
  page.locator(clip ? `[data-picture=${kind}][data-clip="${clip}"]` : `[data-picture=${kind}]`).first();

/** The drawn line of the ventricle's cavity, beside which a model may draw others. */
export const cavity = (page: Page, kind: 'cine' | 'ed' | 'es') =>
  picture(page, kind).locator('[data-testid=contour][data-structure=lv-cavity]');

/** Page coordinates of an image pixel of a picture, by the placement that the picture gives. */
export async function pageOf(
  page: Page,
  kind: 'cine' | 'ed' | 'es',
  _size: { rows: number; columns: number },
  [x, y]: readonly [number, number],
): Promise<{ x: number; y: number }> {
  const element = picture(page, kind);
  // Until the sector is found, the picture may still be fitted to it.
  await expect(element).not.toHaveAttribute('data-fit', 'sought');
  const box = await element.boundingBox();
  if (!box) throw new Error(`There is no ${kind} picture.`);
  const [scaleX = NaN, scaleY = NaN, originX = NaN, originY = NaN] = (
    (await element.getAttribute('data-placement')) ?? ''
  )
    .split(' ')
    .map(Number);
  return { x: box.x + originX + x * scaleX, y: box.y + originY + y * scaleY };
}

/** The number that a test id shows, unrounded. */
export async function valueOf(page: Page, testId: string): Promise<number> {
  return Number(await page.getByTestId(testId).first().getAttribute('data-value'));
}
