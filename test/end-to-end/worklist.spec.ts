import { resolve } from 'node:path';
import type { Page } from '@playwright/test';
import { beatingClip, beatingTraces } from './beating-clip.ts';
import { expect, giveName, openWith, recordTraces, root, test } from './workstation.ts';
import type { Workstation } from './loopback-workstation.ts';

const people = ['Adams^Ann', 'Brown^Bob', 'Clark^Cleo'] as const;
const studyOf = (person: number) => `1.2.826.0.1.3680043.10.7.${person + 1}`;
const clipOf = (person: number) => `${studyOf(person)}.1`;

/** Three studies of one clip each; the last to come is the first of the list. */
async function threeStudies(
  page: Page,
  workstation: Workstation,
  between: () => Promise<unknown> = () => Promise.resolve(),
): Promise<void> {
  const files = people.map((patientName, person) =>
    workstation.file(
      `${patientName}.dcm`,
      beatingClip({
        patientName,
        patientId: `P${person + 1}`,
        studyInstanceUid: studyOf(person),
        sopInstanceUid: clipOf(person),
        elements: [{ tag: '00080020', vr: 'DA', value: '20260102' }],
      }),
    ),
  );
  await openWith(page, workstation, files.slice(0, 1));
  await between();
  await page.evaluate(async (paths) => {
    await fetch('/api/imports', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ paths }),
    });
  }, files.slice(1));
  await expect(page.locator('button.study')).toHaveCount(3);
}

const row = (page: Page, person: number) => page.locator(`[data-row="${studyOf(person)}"]`);
const names = (page: Page) =>
  page
    .locator('[data-row] .name')
    .evaluateAll((cells) => cells.map((cell) => cell.textContent?.trim().split(',')[0]));
const patient = (page: Page) => page.getByTestId('patient-name');

test.describe('the worklist', () => {
  test.use({ workstationOptions: { models: false } });

  test('is opened by W, gone through by keys, and opens a study by Enter', async ({ page, workstation }) => {
    await threeStudies(page, workstation);
    await expect(patient(page)).toHaveText('Adams, Ann');
    await page.keyboard.press('w');
    const grid = page.getByRole('grid', { name: 'Worklist' });
    await expect(grid).toBeFocused();
    await expect(grid).toHaveAttribute('aria-rowcount', '4');
    // It begins at the study on screen.
    await expect(row(page, 0)).toHaveAttribute('aria-selected', 'true');
    const at = () =>
      grid.evaluate((element) => {
        const id = element.getAttribute('aria-activedescendant') ?? '';
        return document.getElementById(id)?.textContent?.trim().split(',')[0];
      });
    expect(await at()).toBe('Adams');
    await page.keyboard.press('Home');
    expect(await at()).toBe('Clark');
    await page.keyboard.press('ArrowDown');
    expect(await at()).toBe('Brown');
    await page.keyboard.press('End');
    expect(await at()).toBe('Adams');
    await page.keyboard.press('ArrowUp');
    // What is hidden is neither signed nor rejected.
    await page.keyboard.press('Backspace');
    await page.keyboard.press('2');
    await page.keyboard.press('Enter');
    await expect(patient(page)).toHaveText('Brown, Bob');
    await expect(page.getByTestId('worklist')).toHaveCount(0);
    await expect(page.getByTestId('decision')).toHaveAttribute('data-state', 'pending');
    await expect(page.getByTestId('view-select')).toHaveValue('a4c');

    await page.keyboard.press('w');
    await expect(page.getByTestId('worklist')).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(page.getByTestId('worklist')).toHaveCount(0);
  });

  test('is ordered, filtered and searched, and J and K go through it as it is', async ({
    page,
    workstation,
  }) => {
    await threeStudies(page, workstation);
    await page.keyboard.press('w');
    expect(await names(page)).toEqual(['Clark', 'Brown', 'Adams']);
    await page.getByTestId('order-name').click();
    expect(await names(page)).toEqual(['Adams', 'Brown', 'Clark']);
    await expect(page.getByRole('columnheader', { name: 'Name' })).toHaveAttribute('aria-sort', 'ascending');
    await page.getByTestId('order-name').click();
    expect(await names(page)).toEqual(['Clark', 'Brown', 'Adams']);
    await page.getByTestId('order-name').click();
    await page.getByTestId('order-id').click();
    await expect(page.getByRole('columnheader', { name: 'ID' })).toHaveAttribute('aria-sort', 'ascending');
    for (const [words, found] of [
      ['2 jan 2026', 3],
      ['2026-01-02 clark', 1],
      ['a4c new', 3],
      ['bob p2', 1],
      ['signed', 0],
    ] as const) {
      await page.locator('#worklist-search').fill(words);
      await expect(page.getByTestId('worklist').locator('[data-row]')).toHaveCount(found);
    }
    await page.getByTestId('worklist-show-all').click();
    await expect(page.getByTestId('worklist').locator('[data-row]')).toHaveCount(3);
    await page.keyboard.press('j');
    await expect(patient(page)).toHaveText('Brown, Bob');
    await page.keyboard.press('j');
    await expect(patient(page)).toHaveText('Clark, Cleo');
    await page.keyboard.press('k');
    await expect(patient(page)).toHaveText('Brown, Bob');
    // The order is remembered.
    const remembered = page.waitForResponse((response) => response.url().endsWith('/api/settings'));
    await page.keyboard.press('k');
    await remembered;
    await page.reload();
    await expect(patient(page)).toHaveText('Adams, Ann');
    await page.keyboard.press('w');
    await expect(page.getByRole('columnheader', { name: 'ID' })).toHaveAttribute('aria-sort', 'ascending');
  });

  test('says of a study what the open study says, and Accept goes on to the next to review', async ({
    page,
    workstation,
  }) => {
    await threeStudies(page, workstation);
    for (const person of [0, 1, 2])
      await recordTraces(page, studyOf(person), clipOf(person), beatingTraces());
    await expect(page.getByTestId('ef')).toBeVisible();
    const shown = `${await page.getByTestId('ef').locator('.value').textContent()} %`;
    await page.keyboard.press('w');
    await expect(row(page, 0).locator('.ef')).toContainText(shown.trim());
    await expect(row(page, 0).locator('.status')).toContainText('Corrected');
    await expect(row(page, 0).locator('.flags')).toHaveText(
      (await page.getByTestId('reliability').textContent()) ?? '',
    );
    await page.getByTestId('filter-to-review').click();
    await page.getByTestId('order-name').click();
    await page.keyboard.press('Escape');

    await page.keyboard.press('Enter');
    await giveName(page);
    await expect(patient(page)).toHaveText('Brown, Bob');
    await expect(page.getByTestId('messages')).toContainText('Accepted: Adams, Ann');
    // The one that was accepted has left the list; the one before it is none any more.
    await page.keyboard.press('k');
    await expect(patient(page)).toHaveText('Brown, Bob');
    await page.getByTestId('message-action').click();
    await expect(patient(page)).toHaveText('Adams, Ann');
    await expect(page.getByTestId('decision')).toHaveAttribute('data-state', 'accepted');
    await page.keyboard.press('j');
    await expect(patient(page)).toHaveText('Brown, Bob');
    await page.keyboard.press('w');
    await expect(page.getByTestId('worklist').locator('[data-row]')).toHaveCount(2);
    await page.getByTestId('filter-signed').click();
    await expect(page.getByTestId('worklist').locator('[data-row]')).toHaveCount(1);
    await expect(row(page, 0).locator('.status')).toContainText('Signed');
    await expect(row(page, 0).locator('.reader')).toHaveText('Dr. Reader');
  });

  test('Accept stays where it is while the list is not worked through', async ({ page, workstation }) => {
    await threeStudies(page, workstation);
    await recordTraces(page, studyOf(0), clipOf(0), beatingTraces());
    await expect(page.getByTestId('ef')).toBeVisible();
    await page.keyboard.press('Enter');
    await giveName(page);
    await expect(page.getByTestId('decision')).toHaveAttribute('data-state', 'accepted');
    await page.keyboard.press('w');
    await expect(row(page, 0).locator('.status')).toContainText('Signed');
    await expect(patient(page)).toHaveText('Adams, Ann');
  });
});

test.describe('going from study to study', () => {
  test.use({ workstationOptions: { models: false } });

  test('leaves nothing of the last one behind', async ({ page, workstation }) => {
    await threeStudies(page, workstation);
    const session = await page.context().newCDPSession(page);
    await session.send('Performance.enable');
    const held = async () => {
      for (let round = 0; round < 3; round += 1) await session.send('HeapProfiler.collectGarbage');
      const { metrics } = await session.send('Performance.getMetrics');
      const metric = (name: string) => metrics.find((one) => one.name === name)?.value ?? NaN;
      const canvases = await page.locator('canvas').count();
      return { nodes: metric('Nodes'), listeners: metric('JSEventListeners'), canvases };
    };
    // Right after a switch a part of the last study is still held, for an answer or a frame that is on its way.
    const atRest = async () => {
      let last = await held();
      let equal = 0;
      await expect
        .poll(
          async () => {
            const now = await held();
            equal = now.nodes === last.nodes ? equal + 1 : 0;
            last = now;
            return equal;
          },
          { intervals: [300] },
        )
        .toBeGreaterThanOrEqual(3);
      return last;
    };
    const round = async (times: number) => {
      for (let time = 0; time < times; time += 1) {
        for (const [key, name] of [
          ['k', 'Brown, Bob'],
          ['k', 'Clark, Cleo'],
          ['j', 'Brown, Bob'],
          ['j', 'Adams, Ann'],
        ] as const) {
          await page.keyboard.press(key);
          await expect(patient(page)).toHaveText(name);
        }
      }
    };
    await round(3);
    const before = await atRest();
    await round(10);
    // Not one for every second switch; a word that comes and goes has three nodes.
    await expect
      .poll(async () => {
        const { nodes, listeners, canvases } = await held();
        return [
          Math.max(0, nodes - before.nodes - 20),
          Math.max(0, listeners - before.listeners - 20),
          canvases - before.canvases,
        ];
      })
      .toEqual([0, 0, 0]);
  });
});

test.describe('the first start', () => {
  // A folder without pictures: nothing is imported by itself.
  test.use({ workstationOptions: { models: false, sample: resolve(root, 'test/fixtures/zip') } });

  test('says what to do, with no error, and offers the sample study', async ({ page, workstation }) => {
    await page.goto(workstation.url);
    await expect(page.getByTestId('welcome')).toContainText('Drop DICOM files');
    await expect(page.getByTestId('open-sample')).toBeVisible();
    await expect(page.getByRole('alert')).toHaveCount(0);
    await expect(page.getByTestId('worklist')).toHaveCount(0);
  });
});

test.describe('studies that nobody has opened', () => {
  test.use({ workstationOptions: { models: resolve(root, 'test/fixtures') } });

  test('are measured ahead, which can be paused', async ({ page, workstation }) => {
    const pause = () =>
      page.evaluate(async () => {
        await fetch('/api/settings', {
          method: 'PUT',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ measureInBackground: false }),
        });
      });
    await threeStudies(page, workstation, pause);
    const status = page.getByTestId('background');
    await expect(status).toContainText('Measuring ahead is paused, 2 studies left');
    await page.keyboard.press('w');
    await expect(row(page, 1).locator('.status')).toContainText('New');
    await page.getByTestId('background-resume').click();
    await expect(status).not.toContainText('paused');
    // A busy machine is left alone, unless the reader says otherwise.
    await page.evaluate(() => fetch('/api/background/force', { method: 'POST' }));
    for (const person of [1, 2])
      await expect(row(page, person).locator('.status')).toContainText('To review');
    await expect(status).toHaveCount(0);
  });
});
