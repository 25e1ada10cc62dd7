/* The Electron host: mounts the application on a custom scheme and opens a window on it. */
import { join } from 'node:path';
import { app, dialog, Menu, protocol, session } from 'electron';
import type { BrowserWindow } from 'electron';
import { SystolaError } from '../../../core/error.ts';
import { researchUseNotice } from '../../../core/notice.ts';
import { createApplication } from '../application.ts';
import { defaultLibrary } from '../default-library.ts';
import { askForAddress } from '../loopback/rendezvous.ts';
import { foldersOf } from './folders.ts';
import { checkOutsideFiles } from './integrity/outside-files.ts';
import { channels } from './ipc/channels.ts';
import { CommandOutbox } from './ipc/command-outbox.ts';
import { DialogGate } from './ipc/dialog-gate.ts';
import { exportFormats } from '../../export/exporters.ts';
import { handleRequests } from './ipc/handlers.ts';
import { handedOver, launchOf, otherLibraryWords } from './launch.ts';
import type { Launch } from './launch.ts';
import { menuTemplate } from './menu/menu-template.ts';
import { closeBeforeQuitting } from './quitting.ts';
import { privileges, scheme, schemeHandler } from './scheme.ts';
import { hardenCommandLine, hardenContents, hardenSession } from './security/harden.ts';
import { refusedSwitches } from './security/switches.ts';
import { createWindow } from './window/create-window.ts';
import { watchInput } from './window/watch-input.ts';

/** `npm start` tries the browser after any failure but this one: a library that cannot be opened cannot there either. */
const libraryCannotOpen = 3;
const badUsage = 64;

const development = !app.isPackaged;
const root = app.getAppPath();
const folders = foldersOf(root, app.isPackaged ? process.resourcesPath : null);
const argv = process.argv.slice(1);
const launch = launchOf(argv, process.cwd(), development ? root : null);
const library = launch.library ?? defaultLibrary(process.platform, process.env, app.getPath('home'));

let window: BrowserWindow | null = null;
const outbox = new CommandOutbox();
const gate = new DialogGate();
let intact = Promise.resolve();

start();

function start(): void {
  const refused = development ? [] : refusedSwitches(argv, process.platform);
  if (refused.length > 0) {
    fail(new Error(`Systola does not take ${refused.map((name) => `--${name}`).join(', ')}.`), badUsage);
    return;
  }
  // It would take --no-sandbox away, without which no process of Chromium starts for root.
  const sandboxed = !app.commandLine.hasSwitch('no-sandbox');
  if (sandboxed) app.enableSandbox();
  protocol.registerSchemesAsPrivileged([{ scheme, privileges }]);
  hardenCommandLine(app);
  hardenContents(app);

  if (!app.requestSingleInstanceLock({ ...launch })) {
    console.log('Systola is open already; its window comes to the front.');
    app.quit();
    return;
  }
  app.on('second-instance', (_event, _argv, _workingDirectory, data) => {
    if (window?.isMinimized()) window.restore();
    window?.focus();
    const second = handedOver(data);
    const words = second === null ? null : otherLibraryWords(library, second);
    if (words !== null) outbox.send({ command: 'tell', words });
    else if (second !== null) importPaths(second);
  });
  app.on('open-file', (event, path) => {
    event.preventDefault();
    importPaths({ library: null, paths: [path] });
  });
  if (!sandboxed) {
    const words = 'Systola was started with --no-sandbox: its window is not confined by the system.';
    console.error(words);
    outbox.send({ command: 'tell', words });
  }
  // Read while Chromium gets ready; nothing of it runs before.
  if (app.isPackaged)
    intact = checkOutsideFiles(join(root, 'dist/outside-files.json'), process.resourcesPath);
  intact.catch(() => undefined);
  app
    .whenReady()
    .then(open)
    .catch(async (error: unknown) => fail(error, (await opensInBrowser(error)) ? 1 : libraryCannotOpen));
}

async function open(): Promise<void> {
  await intact;
  const application = await createApplication({
    libraryPath: library,
    modelFolders: [folders.models],
    host: 'electron',
    sampleStudyPath: folders.sampleStudy,
  });
  closeBeforeQuitting(
    () => application.close(),
    () => window?.destroy(),
  );

  hardenSession(session.defaultSession, development);
  const answer = (request: Request): Response | Promise<Response> => application.fetch(request);
  protocol.handle(scheme, schemeHandler(answer, folders.renderer));
  handleRequests(answer, gate, () =>
    outbox.listening((command) => window?.webContents.send(channels.command, command)),
  );
  app.setAboutPanelOptions({ applicationName: 'Systola', credits: researchUseNotice });
  const menu = Menu.buildFromTemplate(
    menuTemplate({
      platform: process.platform,
      development,
      exportFormats: exportFormats(),
      send: (command) => {
        gate.gesture(performance.now());
        outbox.send(command);
      },
    }),
  );
  Menu.setApplicationMenu(menu);

  openWindow(process.platform === 'darwin' ? null : menu);
  importPaths(launch);
  app.on('window-all-closed', () => app.quit());
}

function openWindow(menu: Menu | null): void {
  window = createWindow({
    preload: folders.preload,
    stateFile: join(app.getPath('userData'), 'window.json'),
    development,
    // `npm start` waits for this line and falls back to the browser without it.
    onShown: () => console.log('Systola is open.'),
    onPageGone: () => outbox.gone(),
    onUnusable: (shown, again) => void offerAgain(shown, again),
  });
  watchInput(window.webContents, gate, menu);
  window.once('closed', () => {
    window = null;
    outbox.gone();
  });
}

function importPaths({ paths }: Launch): void {
  if (paths.length > 0) outbox.send({ command: 'import', paths });
}

/** The page's process died several times in a row. */
async function offerAgain(shown: boolean, again: () => void): Promise<void> {
  if (window === null || !shown) return fail(new Error("The window's process cannot be started."), 1);
  const { response } = await dialog.showMessageBox(window, {
    type: 'error',
    title: 'Window stopped',
    message: 'The window stopped several times in a row.',
    detail: 'Everything that was saved is in the library.',
    buttons: ['Show It Again', 'Quit'],
    defaultId: 0,
    cancelId: 1,
  });
  if (response === 0) again();
  else app.quit();
}

/** Whether the browser may open what could not be opened here: it has the library open, or the fault is no library's. */
async function opensInBrowser(error: unknown): Promise<boolean> {
  if (!(error instanceof SystolaError)) return true;
  return error.code === 'library-locked' && (await askForAddress(library)) !== null;
}

function fail(error: unknown, exitCode: number): void {
  const message = error instanceof Error ? error.message : String(error);
  console.error(`Systola cannot open: ${message}`);
  // Before it is ready, Electron can say it on Linux in the terminal only, where it was just said.
  if (app.isReady() || process.platform !== 'linux') dialog.showErrorBox('Systola cannot open', message);
  app.exit(exitCode);
}
