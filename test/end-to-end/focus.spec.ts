import type { Page } from '@playwright/test';
import { beatingClip, beatingSize, beatingSop, beatingStudy, beatingTraces } from './beating-clip.ts';
import { expect, openWith, picture, recordTraces, test } from './workstation.ts';

test.use({ workstationOptions: { models: false } });

const playing = (page: Page) => page.getByTestId('play').getAttribute('data-playing');

/** Buttons, markers, lists to choose from and everything else that the mouse can press, by where they are. */
const controls =
  'button:not(:disabled), select, summary, [role=slider], [role=separator], [role=radio], figure svg, aside h2';

/**
 * Presses keys where the focus is, in the page, since hundreds of them from outside take minutes. Keys that a control
 * has for itself never get to the window, so that a focus which stayed there is found out all the same.
 */
async function pressKeys({ name, frames }: { name: string; frames: number }): Promise<string[]> {
  const attribute = (selector: string, of: string) =>
    document.querySelector(selector)?.getAttribute(of) ?? '';
  const press = async (key: string) => {
    const target = document.activeElement ?? document.body;
    for (const type of ['keydown', 'keyup'])
      target.dispatchEvent(new KeyboardEvent(type, { key, bubbles: true, cancelable: true }));
    await new Promise((resolve) => setTimeout(resolve));
  };
  const drawn = () => new Promise((resolve) => requestAnimationFrame(resolve));
  /** What a key did is seen in the next animation frames, beside other work in later ones. */
  const comes = async (seen: () => boolean) => {
    const limit = performance.now() + 5000;
    while (!seen() && performance.now() < limit) await drawn();
    return seen();
  };
  const wrong: string[] = [];
  const playing = () => attribute('[data-testid=play]', 'data-playing');
  const frame = () => Number(attribute('[data-picture=cine]', 'data-frame'));
  const decision = () => attribute('[data-testid=decision]', 'data-state');
  const before = playing();
  await press(' ');
  if (!(await comes(() => playing() !== before))) wrong.push(`Space after ${name}`);
  if (playing() === 'true') await press(' ');
  await comes(() => playing() === 'false');
  // The last picture of a loop that was stopped is drawn.
  await drawn();
  await drawn();
  const from = frame();
  await press('ArrowRight');
  if (!(await comes(() => frame() === (from + 1) % frames))) wrong.push(`→ after ${name}`);
  await press('ArrowLeft');
  if (!(await comes(() => frame() === from))) wrong.push(`← after ${name}`);
  const state = decision();
  await press('Enter');
  // Of a study that was accepted before, Enter asks why it is accepted again.
  const asked = () => document.querySelector<HTMLElement>('[data-testid=reason-form] button[type=button]');
  if (!(await comes(() => decision() !== state || asked() !== null))) wrong.push(`Enter after ${name}`);
  asked()?.click();
  if (decision() !== 'pending') await press('Enter');
  return wrong;
}

test('after a click on any control Space plays, arrows step and Enter accepts', async ({
  page,
  workstation,
}) => {
  test.setTimeout(900_000);
  await openWith(page, workstation, [
    workstation.file('beating.dcm', beatingClip()),
    workstation.file('second.dcm', beatingClip({ sopInstanceUid: '1.2.826.0.1.3680043.10.1.9' })),
  ]);
  await recordTraces(page, beatingStudy, beatingSop, beatingTraces());
  await expect(page.getByTestId('ef').or(page.getByTestId('no-ef'))).toBeVisible();
  await page.evaluate(async () => {
    await fetch('/api/settings', {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ reader: 'Dr. Reader' }),
    });
  });
  await page.reload();
  await expect(page.getByTestId('ef')).toBeVisible();
  await expect(picture(page, 'cine')).toHaveAttribute('data-loaded', String(beatingSize.frames));

  const count = await page.locator(controls).count();
  expect(count).toBeGreaterThan(40);
  let pressed = 0;
  const wrong: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const control = page.locator(controls).nth(index);
    if (!(await control.isVisible().catch(() => false)) || !(await control.isEnabled())) continue;
    const name = await control.evaluate(
      (element) =>
        `${element.tagName} ${element.getAttribute('aria-label') ?? element.textContent?.trim().slice(0, 40)}`,
    );
    // What opens the system's dialog, saves a file or takes the report away belongs to tests of its own.
    if (/Open…|Folder…|Report/.test(name)) continue;
    await control.scrollIntoViewIfNeeded();
    await control.click({ force: true, timeout: 10_000 });
    pressed += 1;
    // A list that is open has the keys until it is closed, and so has a dialog.
    await page.keyboard.press('Escape');
    await expect(page.locator('dialog[open]')).toHaveCount(0);

    wrong.push(...(await page.evaluate(pressKeys, { name, frames: beatingSize.frames })));
  }
  console.log(`${pressed} controls were clicked`);
  expect(wrong).toEqual([]);
  expect(pressed).toBeGreaterThan(25);
});

test('a control that was reached by keyboard has its own keys, and text that is typed has all of them', async ({
  page,
  workstation,
}) => {
  await openWith(page, workstation, [workstation.file('beating.dcm', beatingClip())]);
  await recordTraces(page, beatingStudy, beatingSop, beatingTraces());
  await expect(page.getByTestId('ef')).toBeVisible();
  await page.keyboard.press('Space');
  await page.getByTestId('tool-adjust').focus();
  await page.keyboard.press('ArrowRight');
  await expect(page.getByTestId('tool-redraw')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('tool-redraw')).toHaveAttribute('aria-checked', 'true');
  await page.keyboard.press('Escape');

  await page.locator('#study-search').click();
  const before = await playing(page);
  await page.keyboard.type('beating 4 j k');
  await expect(page.locator('#study-search')).toHaveValue('beating 4 j k');
  expect(await playing(page)).toBe(before);
  await page.keyboard.press('Escape');
  await expect(picture(page, 'cine')).toBeFocused();

  await page.keyboard.press('F1');
  await expect(page.getByTestId('dialog-keys')).toBeVisible();
});

test('a study that opens later takes the focus from no control that was reached by keyboard meanwhile', async ({
  page,
  workstation,
}) => {
  await openWith(page, workstation, [workstation.file('beating.dcm', beatingClip())]);
  let letGo = (): void => undefined;
  const held = new Promise<void>((resolve) => (letGo = resolve));
  await page.route(`**/api/studies/${beatingStudy}`, async (route) => {
    await held;
    await route.continue();
  });
  const asked = page.waitForRequest(`**/api/studies/${beatingStudy}`);
  await page.reload();
  await asked;
  await page.getByTestId('model-status').focus();
  letGo();
  await expect(picture(page, 'cine')).toBeVisible();
  await expect(page.getByTestId('model-status')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('dialog-model')).toBeVisible();
});

test('an import that ends while another study is open changes nothing but one line, and J and K go through the list', async ({
  page,
  workstation,
}) => {
  await openWith(page, workstation, [workstation.file('beating.dcm', beatingClip())]);
  await recordTraces(page, beatingStudy, beatingSop, beatingTraces());
  await expect(page.getByTestId('ef')).toBeVisible();
  await page.keyboard.press('Space');
  const other = '1.2.826.0.1.3680043.10.2.1';
  const path = workstation.file(
    'other.dcm',
    beatingClip({
      studyInstanceUid: other,
      sopInstanceUid: `${other}.2`,
      patientName: 'Other^Person',
      patientId: 'other',
    }),
  );
  // In the middle of a drag.
  const box = (await picture(page, 'ed').boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  await page.evaluate(async (file) => {
    await fetch('/api/imports', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ paths: [file] }),
    });
  }, path);
  await expect(page.getByTestId('import-panel')).toContainText('1 study imported');
  await expect(page.getByTestId('import-open')).toBeVisible();
  await expect(page.getByTestId('patient-name')).toHaveText('Beating, Heart');
  await page.mouse.up();
  await expect(page.getByTestId('patient-name')).toHaveText('Beating, Heart');
  await page.getByTestId('import-open').click();
  await expect(page.getByTestId('patient-name')).toHaveText('Other, Person');
  // Newest first: the study that was open is the next one.
  await page.keyboard.press('j');
  await expect(page.getByTestId('patient-name')).toHaveText('Beating, Heart');
  // What was open last is remembered once the application has it.
  const remembered = page.waitForResponse(
    (response) => response.request().method() === 'PUT' && response.url().endsWith('/api/settings'),
  );
  await page.keyboard.press('k');
  await expect(page.getByTestId('patient-name')).toHaveText('Other, Person');
  await remembered;

  // The study that was open last opens again.
  await page.reload();
  await expect(page.getByTestId('patient-name')).toHaveText('Other, Person');

  // What the list shows can be searched for, in any order of words.
  for (const [words, matches] of [
    ['other', 1],
    ['person other', 1],
    ['a4c', 2],
    ['accepted', 0],
  ] as const) {
    await page.locator('#study-search').fill(words);
    await expect(page.locator('button.study')).toHaveCount(matches);
  }
});
