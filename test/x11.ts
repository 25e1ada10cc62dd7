import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Whether windows can be driven from outside here: an X display and xdotool. */
export const canDriveWindows = ((): boolean => {
  if (!process.env['DISPLAY']) return false;
  try {
    execFileSync('xdotool', ['getdisplaygeometry'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

async function xdotool(...args: readonly string[]): Promise<string> {
  return (await run('xdotool', args)).stdout.trim();
}

/** Ids of the visible windows whose title matches. */
export async function windows(title: string): Promise<string[]> {
  const found = await xdotool('search', '--onlyvisible', '--name', title).catch(() => '');
  return found.split('\n').filter((id) => id !== '');
}

/** Waits for a visible window whose title matches, and gives it the focus. */
export async function focusWindow(title: string, withinMs = 60_000): Promise<string> {
  const until = Date.now() + withinMs;
  for (;;) {
    const id = (await windows(title)).at(-1);
    if (id !== undefined) {
      await xdotool('windowactivate', '--sync', id);
      return id;
    }
    if (Date.now() > until) throw new Error(`No window is called "${title}".`);
    await new Promise((done) => setTimeout(done, 100));
  }
}

/** Waits until no visible window has the title. */
export async function windowGone(title: string, withinMs = 60_000): Promise<void> {
  const until = Date.now() + withinMs;
  while ((await windows(title)).length > 0) {
    if (Date.now() > until) throw new Error(`The window "${title}" stays.`);
    await new Promise((done) => setTimeout(done, 100));
  }
}

/** Presses keys one after the other, as a keyboard does, for whatever has the focus. */
export async function pressKeys(...keys: readonly string[]): Promise<void> {
  await xdotool('key', '--delay', '30', ...keys);
}

export async function typeText(text: string): Promise<void> {
  await xdotool('type', '--delay', '10', text);
}

/**
 * Answers the system's file dialog with a path and Return. Until its folder is read the dialog may lose letters, and
 * says then that there is no such file: it is typed again.
 * @param appear makes what is to be there already, after the path was typed: a name that exists is completed while it
 * is typed, and the Return is then for the completion
 */
export async function answerFileDialog(title: string, path: string, appear?: () => void): Promise<void> {
  const until = Date.now() + 120_000;
  let missing = appear;
  for (;;) {
    const id = await focusWindow(title);
    await pressKeys('ctrl+a');
    await typeText(path);
    missing?.();
    missing = undefined;
    await pressKeys('Return');
    try {
      return await windowGone(title, 15_000);
    } catch (error) {
      if (Date.now() > until) throw error;
    }
    // What it complains of lies over it.
    if ((await xdotool('getactivewindow')) !== id) await pressKeys('Escape');
  }
}
