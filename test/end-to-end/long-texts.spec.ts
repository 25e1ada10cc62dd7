import type { Page } from '@playwright/test';
import { beatingClip, beatingSop, beatingStudy, beatingTraces } from './beating-clip.ts';
import { expect, openWith, picture, recordTraces, test } from './workstation.ts';

test.use({ workstationOptions: { models: false } });

/** Fields of answers that hold text of files, of people, or of models that somebody else made. */
const texts = [
  ...['patientName', 'alphabetic', 'ideographic', 'phonetic', 'patientId', 'issuerOfPatientId'],
  ...['description', 'accessionNumber', 'manufacturer', 'manufacturerModel', 'fileName', 'author', 'label'],
  ...[
    'reader',
    'by',
    'libraryPath',
    'licence',
    'citation',
    'dataset',
    'intendedUse',
    'knownFailures',
    'card',
  ],
  ...['problem', 'file', 'reason', 'currentFile', 'structures', 'createdAt', 'stageName', 'viewName'],
];

/**
 * Has every answer say each such text as long as can be: 64,000 characters without a place to break, more than any
 * value that comes through the import or the settings, so that the style sheets have to hold by themselves.
 */
async function stretchAnswers(page: Page): Promise<void> {
  await page.addInitScript((names) => {
    const endless = 'W'.repeat(64_000);
    const stretched = (value: unknown, key = ''): unknown => {
      const isText = names.includes(key);
      if (typeof value === 'string') return isText && value !== '' ? endless : value;
      if (value === null) return isText && key !== 'problem' ? endless : value;
      if (Array.isArray(value)) return value.map((entry) => stretched(entry, key));
      if (typeof value !== 'object') return value;
      return Object.fromEntries(
        Object.entries(value as object).map(([name, entry]) => [name, stretched(entry, name)]),
      );
    };
    const fetched = window.fetch.bind(window);
    window.fetch = async (input, init) => {
      const answer = await fetched(input, init);
      const type = answer.headers.get('content-type') ?? '';
      if (!type.startsWith('application/json')) return answer;
      return new Response(JSON.stringify(stretched(await answer.json())), {
        status: answer.status,
        headers: { 'content-type': type },
      });
    };
  }, texts);
}

/** Controls and landmarks that are not where a reader can get at them, by their bounding boxes. */
async function outOfView(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const wide = document.documentElement.clientWidth;
    const high = document.documentElement.clientHeight;
    const scrolls = (element: Element): boolean => {
      for (let box = element.parentElement; box !== null; box = box.parentElement) {
        const { overflowY } = getComputedStyle(box);
        if ((overflowY === 'auto' || overflowY === 'scroll') && box.scrollHeight > box.clientHeight)
          return true;
      }
      return false;
    };
    const wrong: string[] = [];
    const selector =
      'button, input, select, canvas, nav, main, header, [role="separator"], [data-testid="notice"], [data-picture]';
    const dialog = document.querySelector('dialog[open]');
    for (const element of (dialog ?? document).querySelectorAll(selector)) {
      const box = element.getBoundingClientRect();
      if (box.width === 0 && box.height === 0) continue;
      if (element.closest('.visually-hidden') !== null) continue;
      const beside = box.left < -1 || box.right > wide + 1;
      const beyond = box.top < -1 || box.bottom > high + 1;
      // What lies in a list that scrolls may be above or below, but never beside.
      if (!beside && (!beyond || scrolls(element))) continue;
      const name =
        element.getAttribute('data-testid') ?? element.getAttribute('aria-label') ?? element.textContent;
      wrong.push(
        `${element.tagName.toLowerCase()} ${name?.trim().slice(0, 30)} at ${[box.left, box.top, box.right, box.bottom].map(Math.round).join(' ')}`,
      );
    }
    if (document.documentElement.scrollWidth > wide)
      wrong.push(`the page is ${document.documentElement.scrollWidth} wide`);
    return wrong;
  });
}

async function expectAllInView(page: Page, state: string): Promise<void> {
  await expect(page.getByTestId('notice')).toBeInViewport({ ratio: 1 });
  await expect.poll(() => outOfView(page), { message: state }).toEqual([]);
}

test('no text of a file, a person or a model moves anything out of view', async ({ page, workstation }) => {
  await openWith(page, workstation, [
    workstation.file('beating.dcm', beatingClip()),
    workstation.file('cut.dcm', beatingClip().subarray(0, 800)),
  ]);
  await recordTraces(page, beatingStudy, beatingSop, beatingTraces());
  await stretchAnswers(page);
  for (const size of [
    { width: 1280, height: 720 },
    { width: 1024, height: 640 },
    { width: 1920, height: 1080 },
  ]) {
    await page.setViewportSize(size);
    await page.reload();
    await expect(page.getByTestId('study-list').locator('button').first()).toContainText('WWWW');
    await page.getByTestId('study-list').locator('button').first().click();
    await expect(picture(page, 'cine')).toHaveAttribute('data-drawn', 'true');
    await expectAllInView(page, `a study, ${size.width} wide`);
    for (const dialog of ['Settings', 'Keys']) {
      await page.getByRole('button', { name: dialog, exact: true }).click();
      await expect(page.locator('dialog[open]')).toBeVisible();
      await expect.poll(() => outOfView(page), { message: `${dialog}, ${size.width} wide` }).toEqual([]);
      await page.keyboard.press('Escape');
    }
    await page.getByTestId('model-status').click();
    await expect(page.locator('dialog[open]')).toBeVisible();
    await expect.poll(() => outOfView(page), { message: `models, ${size.width} wide` }).toEqual([]);
    await page.keyboard.press('Escape');
  }
  await page.screenshot({ path: 'test-results/long-texts.png' });
});

test('a long text of a real file is cut at import, with a mark, and moves nothing', async ({
  page,
  workstation,
}) => {
  const long = (tag: string, vr: string) => ({ tag, vr, value: Buffer.from('W'.repeat(64_000)) });
  const clip = beatingClip({
    elements: [
      ...['00081030', '0008103e', '00080070', '00081090', '00100020', '00100021'].map((tag) =>
        long(tag, 'LO'),
      ),
      long('00080050', 'SH'),
      long('00082120', 'SH'),
      long('00100010', 'PN'),
    ],
  });
  await openWith(page, workstation, [workstation.file('long.dcm', clip)]);
  await expect(page.getByTestId('patient-name')).toContainText('…');
  await expect(picture(page, 'cine')).toHaveAttribute('data-drawn', 'true');
  await expectAllInView(page, 'a study');
});
