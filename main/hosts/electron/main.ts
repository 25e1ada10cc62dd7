/* The Electron host: mounts the application on a custom scheme and opens a window on it. */
import { join } from 'node:path';
import { app, dialog, Menu, protocol, session } from 'electron';
import type { BrowserWindow } from 'electron';
import { researchUseNotice } from '../../../core/notice.ts';
import { createApplication } from '../../application/application.ts';
import type { Application } from '../../application/application.ts';
import { defaultLibrary } from '../default-library.ts';
import { foldersOf } from './folders.ts';
import { channels } from './ipc/channels.ts';
import { handleRequests } from './ipc/handlers.ts';
import { launchOf } from './launch.ts';
import type { Launch } from './launch.ts';
import { menuTemplate } from './menu/menu-template.ts';
import type { DesktopCommand } from './preload/api.ts';
import { privileges, scheme, schemeHandler } from './scheme.ts';
import { hardenCommandLine, hardenContents, hardenSession } from './security/harden.ts';
import { createWindow } from './window/create-window.ts';

const development = !app.isPackaged;
const root = app.getAppPath();
const folders = foldersOf(root, app.isPackaged ? process.resourcesPath : null);
const launch = launchOf(process.argv.slice(1), process.cwd(), development ? root : null);

let window: BrowserWindow | null = null;

app.enableSandbox();
protocol.registerSchemesAsPrivileged([{ scheme, privileges }]);
hardenCommandLine(app);
hardenContents(app);

if (app.requestSingleInstanceLock()) {
  app.on('second-instance', (_event, argv, workingDirectory) => {
    const second = launchOf(argv.slice(1), workingDirectory, development ? root : null);
    if (window?.isMinimized()) window.restore();
    window?.focus();
    importPaths(second);
  });
  app.on('open-file', (event, path) => {
    event.preventDefault();
    importPaths({ library: null, paths: [path] });
  });
  app.whenReady().then(open).catch(fail);
} else {
  app.quit();
}

async function open(): Promise<void> {
  const application = await createApplication({
    libraryPath: launch.library ?? defaultLibrary(process.platform, process.env, app.getPath('home')),
    modelFolders: [folders.models],
    host: 'electron',
    sampleStudyPath: folders.sampleStudy,
  });
  closeBeforeQuitting(application);

  hardenSession(session.defaultSession, development);
  const answer = (request: Request): Response | Promise<Response> => application.fetch(request);
  protocol.handle(scheme, schemeHandler(answer, folders.renderer));
  handleRequests(answer);
  app.setAboutPanelOptions({ applicationName: 'Systola', credits: researchUseNotice });
  Menu.setApplicationMenu(
    Menu.buildFromTemplate(menuTemplate({ platform: process.platform, development, send })),
  );

  openWindow();
  importPaths(launch);
  app.on('window-all-closed', () => app.quit());
}

function openWindow(): void {
  window = createWindow({
    preload: folders.preload,
    stateFile: join(app.getPath('userData'), 'window.json'),
    development,
    // `npm start` waits for this line and falls back to the browser without it.
    onShown: () => console.log('Systola is open.'),
  });
  window.once('closed', () => {
    window = null;
  });
}

function send(command: DesktopCommand): void {
  window?.webContents.send(channels.command, command);
}

/** The preload script keeps the command until the page listens. */
function importPaths({ paths }: Launch): void {
  if (paths.length === 0 || window === null) return;
  if (window.webContents.isLoading()) {
    window.webContents.once('did-finish-load', () => send({ command: 'import', paths }));
  } else {
    send({ command: 'import', paths });
  }
}

/** Lets the library and the inference process end before the application does. */
function closeBeforeQuitting(application: Application): void {
  let closed = false;
  app.on('will-quit', (event) => {
    if (closed) return;
    event.preventDefault();
    void application.close().finally(() => {
      closed = true;
      app.quit();
    });
  });
}

function fail(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  console.error(message);
  dialog.showErrorBox('Systola cannot open', message);
  app.exit(1);
}
