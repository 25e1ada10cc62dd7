import { beatingClip } from './beating-clip.ts';
import { expect, openWith, test } from './workstation.ts';

test.use({ workstationOptions: { models: false } });

test('a dialog that is asked for while it is being closed opens', async ({ page, workstation }) => {
  await openWith(page, workstation, [workstation.file('beating.dcm', beatingClip())]);
  const dialog = page.getByTestId('dialog-export');
  for (let time = 0; time < 3; time += 1) {
    await page.keyboard.press('Control+e');
    await expect(dialog).toBeVisible();
    // Faster than any hand: the browser has not told yet that the dialog is closed.
    await dialog.getByRole('button', { name: 'Close' }).evaluate(async (close) => {
      const closed = () => !document.querySelector<HTMLDialogElement>('[data-testid=dialog-export]')?.open;
      (close as HTMLButtonElement).click();
      for (let turn = 0; turn < 100 && !closed(); turn += 1) await Promise.resolve();
      document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'e', ctrlKey: true, bubbles: true }));
    });
    await expect(dialog).toBeVisible();
    await expect(page.getByTestId('export-start')).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(dialog).toBeHidden();
  }
});
