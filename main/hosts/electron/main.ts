/* The Electron host: mounts the application on a custom scheme and opens a window on it. */
import { join } from 'node:path';
import { app, dialog, Menu, powerMonitor, protocol, session } from 'electron';
import type { BrowserWindow } from 'electron';
import { SystolaError } from '../../../core/error.ts';
import { inEnglish } from '../../../core/language/english.ts';
import type { Language } from '../../../core/language/language.ts';
import { message } from '../../../core/language/message.ts';
import { createApplication } from '../application.ts';
import { defaultLibrary } from '../default-library.ts';
import { askForAddress } from '../loopback/rendezvous.ts';
import { foldersOf } from './folders.ts';
import { checkOutsideFiles } from './integrity/outside-files.ts';
import { DialogGate } from './ipc/dialog-gate.ts';
import { reportPdf } from '../../export/report-pdf.ts';
import { handleRequests } from './ipc/handlers.ts';
import { handedOver, launchOf, otherLibraryWords } from './launch.ts';
import type { Launch } from './launch.ts';
import { menuTemplate } from './menu/menu-template.ts';
import { closeBeforeQuitting } from './quitting.ts';
import { privileges, scheme, schemeHandler } from './scheme.ts';
import { hardenCommandLine, hardenContents, hardenSession } from './security/harden.ts';
import { refusedSwitches } from './security/switches.ts';
import { Windows, type WindowKind } from './window/windows.ts';

/** `npm start` tries the browser after any failure but this one: a library that cannot be opened cannot there either. */
const libraryCannotOpen = 3;
const badUsage = 64;

const development = !app.isPackaged;
const root = app.getAppPath();
const folders = foldersOf(root, app.isPackaged ? process.resourcesPath : null);
const argv = process.argv.slice(1);
const launch = launchOf(argv, process.cwd(), development ? root : null);
const library = launch.library ?? defaultLibrary(process.platform, process.env, app.getPath('home'));

/** Of the settings, as soon as they can be read. */
let spoken: () => Language = () => inEnglish;
/** The menu, and the language that it is in. */
let shown: { readonly menu: Menu; readonly words: Language } | null = null;
const gate = new DialogGate();
const windows = new Windows({
  preload: folders.preload,
  stateFolder: app.getPath('userData'),
  development,
  gate,
  menuBar: () => menuBar(),
  // `npm start` waits for this line and falls back to the browser without it.
  onShown: () => console.log('Systola is open.'),
  onUnusable: (kind, window, wasShown, again) => void offerAgain(kind, window, wasShown, again),
});
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
    windows.toFront();
    const second = handedOver(data);
    const words = second === null ? null : otherLibraryWords(library, second);
    if (words !== null) windows.send({ command: 'tell', words });
    else if (second !== null) importPaths(second);
  });
  app.on('open-file', (event, path) => {
    event.preventDefault();
    importPaths({ library: null, paths: [path] });
  });
  if (!sandboxed) {
    const words = message('desktop.no-sandbox');
    console.error(inEnglish.say(words));
    windows.send({ command: 'tell', words });
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
    recogniserFolders: [folders.recognisers],
    host: 'electron',
    keepsWorklist: true,
    sampleStudyPath: folders.sampleStudy,
  });
  spoken = () => application.services.languages.current;
  followPower(application.services.worklist.background);
  closeBeforeQuitting(
    async () => {
      await application.close();
      await windows.stateWritten();
    },
    () => windows.destroy(),
  );

  hardenSession(session.defaultSession, development);
  const answer = async (request: Request): Promise<Response> => {
    const response = await application.fetch(request);
    // The settings may have changed, and the language with them.
    if (request.method === 'PUT' && new URL(request.url).pathname === '/api/settings') showMenu();
    return response;
  };
  protocol.handle(scheme, schemeHandler(answer, folders.renderer));
  const { exports, backups, library: records, updateSettings } = application.services;
  handleRequests(
    answer,
    {
      exportFolder: () => records.settings().exportFolder,
      keepExportFolder: (exportFolder) => void updateSettings({ exportFolder }),
      exported: (exportId) => exports.shown(exportId),
      storedFile: (studyInstanceUid) => records.storedFileOf(studyInstanceUid),
      startBackup: (kind, folder) => void backups.start(kind, folder),
      restart: () => {
        app.relaunch();
        app.quit();
      },
      openWorklist: () => windows.openWorklist(),
      openStudy: (...chosen) => windows.openStudy(...chosen),
      studyShown: (...shown) => windows.studyShown(...shown),
      listening: (window) => windows.listening(window),
    },
    gate,
    () => spoken(),
  );
  showMenu();
  windows.openAtStart();
  importPaths(launch);
  app.on('window-all-closed', () => app.quit());
}

/** Nothing is measured on battery that nobody waits for. */
function followPower(background: { onBattery: boolean }): void {
  background.onBattery = powerMonitor.onBatteryPower;
  powerMonitor.on('on-battery', () => (background.onBattery = true));
  powerMonitor.on('on-ac', () => (background.onBattery = false));
}

/** Puts up the menu in the language that is spoken now, unless it is there. */
function showMenu(): void {
  const words = spoken();
  if (words === shown?.words) return;
  const menu = Menu.buildFromTemplate(
    menuTemplate({
      platform: process.platform,
      development,
      report: reportPdf.label,
      words,
      send: (command) => {
        gate.gesture(performance.now());
        windows.sendToFocused(command);
      },
      openWorklist: () => windows.openWorklist(),
    }),
  );
  shown = { menu, words };
  app.setAboutPanelOptions({ applicationName: 'Systola', credits: words.say('notice.research-use') });
  Menu.setApplicationMenu(menu);
  windows.showMenuBar();
}

/** The menu bar of the windows; the system has it elsewhere on macOS. */
const menuBar = (): Menu | null => (process.platform === 'darwin' ? null : (shown?.menu ?? null));

function importPaths({ paths }: Launch): void {
  if (paths.length > 0) windows.send({ command: 'import', paths });
}

/** The page's process died several times in a row. */
async function offerAgain(
  kind: WindowKind,
  window: BrowserWindow,
  wasShown: boolean,
  again: () => void,
): Promise<void> {
  // Pictures do without the worklist's window.
  if (kind === 'worklist') return window.destroy();
  if (!wasShown) return fail(new Error("The window's process cannot be started."), 1);
  const words = spoken();
  const { response } = await dialog.showMessageBox(window, {
    type: 'error',
    title: words.say('desktop.stopped'),
    message: words.say('desktop.stopped.message'),
    detail: words.say('desktop.stopped.detail'),
    buttons: [words.say('desktop.stopped.again'), words.say('desktop.stopped.quit')],
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
  if (app.isReady() || process.platform !== 'linux') {
    dialog.showErrorBox(spoken().say('desktop.cannot-open'), message);
  }
  app.exit(exitCode);
}
