import type { Menu, WebContents } from 'electron';
import type { DialogGate } from '../ipc/dialog-gate.ts';
import { MenuKeys, mnemonicsOf } from '../menu/menu-keys.ts';

/**
 * Watches what a person does in the window: a press is what lets a dialog open, and what is meant for the menu never
 * reaches the page.
 * @returns what to tell of the menu bar of the window, at once and whenever it is another one; null where the system
 * has it elsewhere and knows no mnemonics
 */
export function watchInput(contents: WebContents, gate: DialogGate): (menu: Menu | null) => void {
  let keys: MenuKeys | null = null;
  contents.on('before-input-event', (event, press) => {
    if (keys?.keeps(press)) event.preventDefault();
    else if (press.type === 'keyDown') gate.gesture(performance.now());
  });
  contents.on('input-event', (_event, { type }) => {
    if (type !== 'mouseDown' && type !== 'gestureTap') return;
    keys?.done();
    gate.gesture(performance.now());
  });
  contents.on('blur', () => keys?.done());
  return (menu) => {
    const own = menu && new MenuKeys(mnemonicsOf(menu.items.map(({ label }) => label)));
    for (const { submenu } of menu?.items ?? []) submenu?.on('menu-will-show', () => own?.done());
    keys = own;
  };
}
