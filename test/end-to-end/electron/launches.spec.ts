import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { focusWindow, pressKeys, canDriveWindows } from '../../x11.ts';
import { beatingClip, beatingStudy } from '../beating-clip.ts';
import { processTree } from '../../processes.ts';
import { expect, test, type Desktop } from './desktop.ts';

const studies = async (desktop: Desktop): Promise<string[]> =>
  (await desktop.studies()).map(({ studyInstanceUid }) => studyInstanceUid);

test('what the command line names is imported, from a cold start on', async ({ desktop }) => {
  // A folder whose name looks like a switch and one with a space: both are what they are.
  mkdirSync(join(desktop.folder, 'two words'));
  const clip = desktop.file('two words/beating.dcm', beatingClip());
  await desktop.launch(clip);
  await expect.poll(() => studies(desktop)).toContain(beatingStudy);
});

test('a second launch brings the first to the front and imports there what it names', async ({ desktop }) => {
  await desktop.launch();
  await expect.poll(async () => (await desktop.studies()).length).toBe(1);
  desktop.file('folder/a beating.dcm', beatingClip());
  // The library stands before the folder and is named by a link: Chromium would have put both in another order.
  symlinkSync(desktop.library, join(desktop.folder, 'same library'), 'junction');
  const second = desktop.start(['--library', 'same library', 'folder'], { cwd: desktop.folder });
  expect(await second.ended).toBe(0);
  expect(second.output).toContain('Systola is open already');
  await expect.poll(() => studies(desktop)).toContain(beatingStudy);
});

test('files of many launches at once are all imported', async ({ desktop }) => {
  await desktop.launch();
  await expect.poll(async () => (await desktop.studies()).length).toBe(1);
  // As a desktop does with several chosen files, and macOS with each.
  const clips = [0, 1, 2, 3].map((number) =>
    desktop.file(
      `clip ${number}.dcm`,
      beatingClip({
        studyInstanceUid: `${beatingStudy}.${number}`,
        sopInstanceUid: `${beatingStudy}.${number}.1`,
      }),
    ),
  );
  await desktop.application
    .evaluate(({ app }, paths) => {
      for (const path of paths) app.emit('open-file', { preventDefault: () => undefined }, path);
    }, clips)
    // The answer, that there is none, can be swept away before it is sent; whether it was done is seen in the list.
    .catch((error: Error) => {
      if (!error.message.includes('garbage collected')) throw error;
    });
  await expect.poll(async () => (await desktop.studies()).length, { timeout: 60_000 }).toBe(5);
});

test('a second launch with another library is told, and imports nothing', async ({ desktop }) => {
  const page = await desktop.launch();
  await expect.poll(async () => (await desktop.studies()).length).toBe(1);
  const other = join(desktop.folder, 'other library');
  const second = desktop.start(['--library', other, desktop.file('beating.dcm', beatingClip())]);
  expect(await second.ended).toBe(0);
  await expect(page.getByText(`The library ${other} was asked for`)).toBeVisible();
  await expect(page.getByText('Nothing was imported')).toBeVisible();
  expect(await studies(desktop)).not.toContain(beatingStudy);
  expect(existsSync(other)).toBe(false);
});

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
  test(`${signal} to the whole group closes the library`, async ({ desktop }) => {
    const started = desktop.start(['--library', desktop.library, desktop.file('beating.dcm', beatingClip())]);
    await started.says('Systola is open.');
    const database = join(desktop.library, 'library.sqlite');
    expect(existsSync(`${database}-wal`)).toBe(true);
    started.signalGroup(signal);
    expect(await started.ended).toBe(0);
    expect(existsSync(`${database}-wal`)).toBe(false);
    const library = new DatabaseSync(database, { readOnly: true });
    try {
      expect(library.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
      const last = library.prepare('SELECT * FROM audit ORDER BY rowid DESC LIMIT 1').get();
      expect(JSON.stringify(last)).toContain('"started\\":false');
    } finally {
      library.close();
    }
  });
}

test('without a sandbox the window says so', async ({ desktop }) => {
  test.skip(process.getuid?.() !== 0, 'only root has none');
  const page = await desktop.launch();
  await expect(page.getByText('not confined by the system')).toBeVisible();
});

test('a page that dies again and again is not drawn for ever, but offered again', async ({ desktop }) => {
  test.skip(!canDriveWindows, 'xdotool is not here');
  await desktop.launch();
  // A question that comes while the page dies is asked again.
  const pageProcess = () =>
    desktop.application
      .evaluate(({ BrowserWindow }) => {
        const contents = BrowserWindow.getAllWindows()[0]?.webContents;
        return contents === undefined || contents.isLoading() ? 0 : contents.getOSProcessId();
      })
      .catch(() => 0);
  // The very number that was seen is kept: asked once more it may be 0, and a signal to 0 ends whoever sends it. It is
  // seen twice: a process that begins is not yet the page's.
  const nextPageProcess = async (before: number) => {
    let seen = 0;
    const isSettled = async () => {
      const earlier = seen;
      seen = await pageProcess();
      return seen === earlier && ![0, before].includes(seen);
    };
    await expect.poll(isSettled, { timeout: 60_000 }).toBe(true);
    return seen;
  };
  let last = 0;
  for (let death = 0; death < 3; death += 1) {
    last = await nextPageProcess(last);
    process.kill(last, 'SIGKILL');
  }
  await focusWindow('^Window stopped$');
  await pressKeys('Return');
  await nextPageProcess(last);
  await expect.poll(() => desktop.inPage('document.title').catch(() => '')).toContain('Systola');
});

test('a library that cannot be opened is said once, by an exit code of its own', async ({ desktop }) => {
  test.skip(!canDriveWindows, 'xdotool is not here');
  desktop.file('library', new TextEncoder().encode('a file where the folder should be'));
  const started = desktop.start(['--library', desktop.library]);
  await started.says('Systola cannot open: ');
  await focusWindow('Systola cannot open|Error');
  await pressKeys('Return');
  expect(await started.ended).toBe(3);
  expect(processTree(started.child.pid ?? 0)).toHaveLength(1);
});
