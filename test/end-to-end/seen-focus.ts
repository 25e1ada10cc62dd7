import type { Locator, Page } from '@playwright/test';
import { PNG } from 'pngjs';

/** What the Tab key or arrows within a part lead to. */
const focusable =
  ':is(button, a[href], input, select, textarea, summary, [tabindex]):not([disabled], [tabindex="-1"])';
/** Around a control, where its ring may lie, CSS pixels. */
const margin = 5;
/** A ring of two pixels on four sides is twice the outline of its control; what lies at an edge may lack one side. */
const leastShare = 1.25;
/** As WCAG 2.2 asks of it (1.4.11, 2.4.13): between the control with and without the focus. */
const leastContrast = 3;
/** Controls of one kind are drawn alike: the first two are looked at. */
const ofEachKind = 2;

/** Controls within a part of the window whose focus is not seen, each with the share of its ring that is. */
export async function unseenFocus(page: Page, part: Locator, state: string): Promise<string[]> {
  // The ring is for those who come by keyboard.
  await page.keyboard.press('Shift');
  const unseen: string[] = [];
  const kinds = new Map<string, number>();
  const all = part.locator(focusable);
  for (let index = 0; index < (await all.count()); index += 1) {
    const control = all.nth(index);
    const found = await control.evaluate((element) => {
      if (!element.checkVisibility({ visibilityProperty: true }) || element.closest('[inert]')) return null;
      const kind = `${element.tagName}.${element.getAttribute('class') ?? ''}`;
      return { kind, name: (element.getAttribute('aria-label') ?? element.textContent).trim().slice(0, 40) };
    });
    if (found === null) continue;
    const count = (kinds.get(found.kind) ?? 0) + 1;
    kinds.set(found.kind, count);
    if (count > ofEachKind) continue;
    const share = await ringShare(page, control);
    if (share < leastShare) unseen.push(`${state}: ${found.kind} "${found.name}" ${share.toFixed(2)}`);
  }
  return unseen;
}

/** How many pixels change by enough contrast when a control gets the focus, for every pixel of its outline. */
async function ringShare(page: Page, control: Locator): Promise<number> {
  await control.focus();
  const box = await control.boundingBox();
  const window = page.viewportSize();
  if (!box || !window) return 0;
  const x = Math.max(0, box.x - margin);
  const y = Math.max(0, box.y - margin);
  const clip = {
    ...{ x, y },
    width: Math.min(window.width, box.x + box.width + margin) - x,
    height: Math.min(window.height, box.y + box.height + margin) - y,
  };
  const focused = PNG.sync.read(await page.screenshot({ clip }));
  await control.blur();
  const without = PNG.sync.read(await page.screenshot({ clip }));
  let changed = 0;
  for (let at = 0; at < focused.data.length; at += 4) {
    const [a, b] = [luminance(focused.data, at), luminance(without.data, at)];
    if ((Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) >= leastContrast) changed += 1;
  }
  return changed / (2 * (Math.min(box.width, clip.width) + Math.min(box.height, clip.height)));
}

/** Relative luminance of an sRGB pixel, WCAG 2.2. */
function luminance(data: Uint8Array, at: number): number {
  const linear = (value: number) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  return (
    0.2126 * linear(data[at] ?? 0) + 0.7152 * linear(data[at + 1] ?? 0) + 0.0722 * linear(data[at + 2] ?? 0)
  );
}
