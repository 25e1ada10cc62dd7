import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { BrowserWindow, dialog, ipcMain, shell } from 'electron';
import type { IpcMainEvent, IpcMainInvokeEvent } from 'electron';
import type { z } from 'zod';
import type { Sender } from '../security/policy.ts';
import { mappingFileName } from '../../../../core/api/mapping.ts';
import type { BackupKind } from '../../../../core/api/care.ts';
import type { Listing } from '../../../../core/api/listing.ts';
import { SystolaError } from '../../../../core/error.ts';
import type { ExportFormat } from '../../../../core/export/export-format.ts';
import { message } from '../../../../core/language/message.ts';
import type { Language } from '../../../../core/language/language.ts';
import { exporterOf } from '../../../export/exporters.ts';
import type { SavedExport } from '../preload/api.ts';
import { channels } from './channels.ts';
import { checked, payloads } from './checked.ts';
import type { DialogGate } from './dialog-gate.ts';
import { saveExport, saveMapping, withEnding } from './save-export.ts';

/** What the requests need of the application beside its addresses. */
export interface Desk {
  /** Where exports went last. */
  exportFolder(): string | null;
  keepExportFolder(path: string): void;
  /** A stored file of a study. */
  storedFile(studyInstanceUid: string): string | null;
  startBackup(kind: BackupKind, folder: string): void;
  restart(): void;
  openWorklist(): void;
  /** A study was chosen in a window. */
  openStudy(from: BrowserWindow, studyInstanceUid: string, listing: Listing): void;
  /** A window shows another study. */
  studyShown(by: BrowserWindow, studyInstanceUid: string | null): void;
  /** The page of a window takes commands, also when it was drawn anew. */
  listening(window: BrowserWindow): void;
  /** The first file that an export wrote. */
  exported(exportId: string): string | null;
}

/**
 * Answers the window's requests.
 * @param application Fetch-API handler of the application
 * @param gate lets dialogs open
 * @param words the language that dialogs speak now
 */
export function handleRequests(
  application: (request: Request) => Response | Promise<Response>,
  desk: Desk,
  gate: DialogGate,
  words: () => Language,
): void {
  const dialogOf = <Answer>(show: () => Promise<Answer>): Promise<Answer> =>
    gate.pass(performance.now(), show);

  answer(channels.chooseFiles, payloads.none, (window) =>
    dialogOf(async () => {
      const { filePaths } = await dialog.showOpenDialog(window, {
        title: words().say('desktop.open-files'),
        properties: ['openFile', 'multiSelections'],
        filters: [
          { name: words().say('desktop.open-files.all'), extensions: ['*'] },
          { name: words().say('desktop.open-files.dicom'), extensions: ['dcm', 'dicom', 'zip'] },
        ],
      });
      return filePaths;
    }),
  );

  answer(channels.chooseFolder, payloads.none, (window) =>
    dialogOf(async () => {
      const { filePaths } = await dialog.showOpenDialog(window, {
        title: words().say('desktop.open-folders'),
        properties: ['openDirectory', 'multiSelections'],
      });
      return filePaths;
    }),
  );

  answer(channels.saveExport, payloads.saveExport, (window, studyInstanceUid, format, suggestedName) =>
    saved(async () => {
      const exporter = exporterOf(format);
      const path = await dialogOf(() => exportPath(window, words(), exporter, suggestedName));
      if (path !== null) await saveExport(application, studyInstanceUid, format, path);
      return path;
    }),
  );

  answer(channels.saveMapping, payloads.saveMapping, (window, mapping) =>
    saved(async () => {
      const label = message('export.mapping.file');
      const path = await dialogOf(() =>
        exportPath(window, words(), { label, extension: 'csv' }, mappingFileName),
      );
      if (path !== null) await saveMapping(application, mapping, path);
      return path;
    }),
  );

  answer(channels.chooseExportFolder, payloads.none, (window) =>
    dialogOf(async () => {
      const last = desk.exportFolder();
      const { filePaths } = await dialog.showOpenDialog(window, {
        title: words().say('desktop.export-folder'),
        buttonLabel: words().say('desktop.export-folder.choose'),
        properties: ['openDirectory', 'createDirectory'],
        ...(last === null ? {} : { defaultPath: last }),
      });
      const [path = null] = filePaths;
      if (path !== null) desk.keepExportFolder(path);
      return path;
    }),
  );

  // The page names the export, never a path.
  answer(channels.showExport, payloads.showExport, (_window, exportId) => {
    const path = desk.exported(exportId);
    if (path !== null) shell.showItemInFolder(path);
    return path !== null;
  });

  answer(channels.showStudy, payloads.showStudy, (_window, studyInstanceUid) => {
    const path = desk.storedFile(studyInstanceUid);
    if (path !== null) shell.showItemInFolder(path);
    return path !== null;
  });

  answer(channels.startBackup, payloads.startBackup, (window, kind) =>
    dialogOf(async () => {
      const { filePaths } = await dialog.showOpenDialog(window, {
        title: words().say(`desktop.backup.${kind}`),
        buttonLabel: words().say(`desktop.backup.${kind}.choose`),
        properties: ['openDirectory', ...(kind === 'backup' ? (['createDirectory'] as const) : [])],
      });
      const [path] = filePaths;
      if (path !== undefined) desk.startBackup(kind, path);
      return path !== undefined;
    }),
  );

  answer(channels.restart, payloads.none, () => desk.restart());

  answer(channels.windowFullScreen, payloads.windowFullScreen, (window, on = !window.isFullScreen()) => {
    window.setFullScreen(on);
    return on;
  });

  answer(channels.editText, payloads.editText, ({ webContents }, what) => webContents[what]());

  answer(channels.openWorklist, payloads.none, () => desk.openWorklist());

  answer(channels.openStudy, payloads.openStudy, (window, ...chosen) => desk.openStudy(window, ...chosen));

  answer(channels.studyShown, payloads.studyShown, (window, study) => desk.studyShown(window, study));

  ipcMain.on(channels.listening, (event, ...payload: unknown[]) => {
    const run = checked(payloads.none, () => {
      const window = BrowserWindow.fromWebContents(event.sender);
      if (window !== null) desk.listening(window);
    });
    run(senderOf(event), payload);
  });
}

/** Of an error that is thrown Electron hands only the text to the window: what is expected to fail is an answer. */
async function saved(save: () => Promise<string | null>): Promise<SavedExport> {
  try {
    return { path: await save() };
  } catch (error) {
    if (!(error instanceof SystolaError)) throw error;
    const { code, message, file } = error;
    return { error: { code, message, file } };
  }
}

/** Asks where the file goes; null when dismissed. */
async function exportPath(
  window: BrowserWindow,
  words: Language,
  { label, extension }: Pick<ExportFormat, 'label' | 'extension'>,
  suggestedName: string,
): Promise<string | null> {
  const { canceled, filePath } = await dialog.showSaveDialog(window, {
    title: words.say('desktop.export', { format: label }),
    defaultPath: suggestedName,
    filters: [{ name: words.say(label), extensions: [extension] }],
    properties: ['showOverwriteConfirmation', 'createDirectory'],
  });
  if (canceled || !filePath) return null;
  const path = withEnding(filePath, extension);
  if (path === filePath || !existsSync(path)) return path;
  // The system's dialog asked about the name as it was typed.
  const { response } = await dialog.showMessageBox(window, {
    type: 'question',
    title: words.say('desktop.replace'),
    message: words.say('desktop.replace.question', { file: basename(path) }),
    detail: words.say('desktop.replace.detail'),
    buttons: [words.say('common.cancel'), words.say('desktop.replace')],
    defaultId: 0,
    cancelId: 0,
  });
  return response === 1 ? path : null;
}

function answer<Payload extends readonly unknown[]>(
  channel: string,
  schema: z.ZodType<Payload>,
  handle: (window: BrowserWindow, ...payload: Payload) => unknown,
): void {
  ipcMain.handle(channel, (event, ...payload: unknown[]) => {
    const run = checked(schema, (...valid: Payload) => {
      const window = BrowserWindow.fromWebContents(event.sender);
      return window === null ? null : handle(window, ...valid);
    });
    return run(senderOf(event), payload);
  });
}

function senderOf(event: IpcMainInvokeEvent | IpcMainEvent): Sender {
  const frame = event.senderFrame;
  return { url: frame?.url ?? null, isMainFrame: frame !== null && frame === event.sender.mainFrame };
}
