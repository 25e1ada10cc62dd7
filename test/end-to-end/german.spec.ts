import type { Page } from '@playwright/test';
import english from '../../core/language/en.json' with { type: 'json' };
import german from '../../core/language/de.json' with { type: 'json' };
import { beatingClip, beatingSop, beatingStudy, beatingTraces } from './beating-clip.ts';
import { expect, openWith, recordTraces, test } from './workstation.ts';

test.use({ workstationOptions: { models: false }, viewport: { width: 1280, height: 720 } });

/** Messages of English that German says otherwise and that take no values: seen, they were forgotten. */
const onlyEnglish = new Set(
  Object.entries(english.messages)
    .filter(([, text]) => !text.includes('{') && /\p{L}{3}/u.test(text))
    .map(([, text]) => text)
    .filter((text) => !Object.values<string>(german.messages).includes(text)),
);

/** Texts of the window, or of the dialog over it, that are wider than their place, and what is seen in English. */
async function wrongTexts(page: Page): Promise<{ readonly cut: string[]; readonly texts: string[] }> {
  return page.evaluate(() => {
    const top = document.querySelector('dialog[open]') ?? document.body;
    const cut: string[] = [];
    const texts: string[] = [];
    const walker = document.createTreeWalker(top, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const text = node.textContent?.trim() ?? '';
      const parent = node.parentElement;
      if (
        text === '' ||
        parent === null ||
        parent.closest('script, style, .visually-hidden, option') !== null
      )
        continue;
      if (!parent.checkVisibility()) continue;
      // For screen readers alone: a tool whose sign stands for it in a narrow window.
      if (parent.clientWidth <= 1 && getComputedStyle(parent).position === 'absolute') continue;
      texts.push(text);
      const range = document.createRange();
      range.selectNodeContents(node);
      const { left, right, top: above, bottom } = range.getBoundingClientRect();
      for (let box: Element | null = parent; box !== null && box !== top; box = box.parentElement) {
        const { overflowX, overflowY } = getComputedStyle(box);
        const edge = box.getBoundingClientRect();
        if (overflowX !== 'visible' && (left < edge.left - 1 || right > edge.right + 1)) cut.push(text);
        const clips = overflowY === 'hidden' || overflowY === 'clip';
        if (clips && (above < edge.top - 3 || bottom > edge.bottom + 3)) cut.push(text);
        if (overflowX !== 'visible' || overflowY !== 'visible') break;
      }
      if (right > document.documentElement.clientWidth + 1) cut.push(text);
    }
    return { cut: [...new Set(cut)], texts };
  });
}

async function expectGerman(page: Page, state: string): Promise<void> {
  await page.screenshot({ path: `test-results/german-${state}.png` });
  const { cut, texts } = await wrongTexts(page);
  expect(
    texts.filter((text) => onlyEnglish.has(text)),
    state,
  ).toEqual([]);
  expect(cut, state).toEqual([]);
}

test('the window speaks German, and nothing of it is cut at 1280 x 720', async ({ page, workstation }) => {
  await openWith(page, workstation, [workstation.file('beating.dcm', beatingClip())]);
  await recordTraces(page, beatingStudy, beatingSop, beatingTraces());
  await page.getByRole('button', { name: 'Settings' }).click();
  const choice = page.locator('#setting-language');
  await expect(choice.locator('option')).toHaveText(['English', 'Deutsch']);
  await choice.selectOption('Deutsch');
  await expect(page.locator('label[for=setting-language]')).toHaveText('Sprache von Fenster und Befund');
  await expectGerman(page, 'settings');
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('notice')).toHaveText('Nur für Forschungszwecke. Nicht zur Diagnose.');
  await expect(page.getByTestId('ef')).toBeVisible();
  await expectGerman(page, 'window');

  await page.keyboard.press('w');
  await expect(page.getByRole('grid', { name: 'Arbeitsliste' })).toBeVisible();
  await expectGerman(page, 'worklist');
  await page.keyboard.press('w');

  await page.keyboard.press('v');
  await expect(page.getByTestId('dialog-views').getByRole('heading', { name: 'Schnitte' })).toBeVisible();
  await expectGerman(page, 'views');
  await page.keyboard.press('Escape');

  for (const [key, state] of [
    ['Control+e', 'export'],
    ['?', 'keys'],
  ] as const) {
    await page.keyboard.press(key);
    await expect(page.locator('dialog[open]')).toBeVisible();
    await expectGerman(page, state);
    await page.keyboard.press('Escape');
  }
});
