import type { Page } from '@playwright/test';
import { bracketed } from '../fixtures/language/bracketed.ts';
import { beatingClip, beatingSop, beatingStudy, beatingTraces } from './beating-clip.ts';
import { expect, openWith, recordTraces, test } from './workstation.ts';

test.use({
  workstationOptions: { models: false, languages: [bracketed, { tag: 'de', name: 'Deutsch', messages: {} }] },
});

/** Text that no catalogue has: of files and people, the product's name, names of languages; days and times by `Intl`. */
const data = [
  ...[/Systola( tests)?/, /beating\.dcm/, /Deutsch/, /⟦?English⟧?/, /de\.json/],
  ...[/\/[\w./-]*\/library/],
  ...[/Beating, Heart/, /root/, /contours of the test/, /ASE\/EACVI 2015/],
  ...[/\d{1,2} \p{L}{3,4} \d{4}/u, /\d{1,2}:\d\d [ap]m/],
];

/** What is seen or read aloud and does not come from the catalogue. */
async function unmarked(page: Page): Promise<string[]> {
  const texts = await page.evaluate(() => {
    const found: string[] = [];
    const top = document.querySelector('dialog[open]') ?? document.body;
    const walker = document.createTreeWalker(top, NodeFilter.SHOW_TEXT);
    // A sentence may be set in several pieces (keys in it): its parts are read together.
    const whole = new Map<Element, string>();
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const parent = node.parentElement;
      if (parent === null || parent.closest('script, style, kbd, [hidden], code') !== null) continue;
      if (!parent.checkVisibility() && parent.tagName !== 'OPTION') continue;
      const block = parent.closest('[data-sentence]') ?? parent;
      whole.set(block, (whole.get(block) ?? '') + (node.textContent ?? ''));
    }
    found.push(...whole.values());
    for (const element of top.querySelectorAll('*')) {
      for (const name of ['title', 'aria-label', 'placeholder', 'alt', 'aria-valuetext'])
        found.push(element.getAttribute(name) ?? '');
    }
    return found;
  });
  const outside = (text: string): string => {
    let rest = text;
    for (;;) {
      const less = rest.replaceAll(/⟦[^⟦⟧]*⟧/g, '');
      if (less === rest)
        return data.reduce((left, known) => left.replaceAll(new RegExp(known, 'gu'), ''), rest);
      rest = less;
    }
  };
  return [...new Set(texts.map((text) => text.trim()).filter((text) => /\p{L}{2,}/u.test(outside(text))))];
}

test('a language is chosen in the settings, at once and for good', async ({ page, workstation }) => {
  await openWith(page, workstation, [workstation.file('beating.dcm', beatingClip())]);
  await recordTraces(page, beatingStudy, beatingSop, beatingTraces());
  await page.getByRole('button', { name: 'Settings' }).click();
  const choice = page.locator('#setting-language');
  await expect(choice.locator('option')).toHaveText(['English', 'Deutsch', '⟦English⟧']);
  await expect(page.getByText(/de\.json: \d+ of \d+ messages are in English/)).toBeVisible();
  await choice.selectOption('⟦English⟧');
  await expect(page.locator('label[for=setting-language]')).toHaveText(/^⟦.*⟧$/);
  expect(await unmarked(page)).toEqual([]);
  await page.keyboard.press('Escape');
  expect(await unmarked(page)).toEqual([]);

  await page.reload();
  await expect(page.getByTestId('ef')).toBeVisible();
  expect(await unmarked(page)).toEqual([]);
});
