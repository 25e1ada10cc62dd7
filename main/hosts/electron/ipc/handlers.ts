import { BrowserWindow, dialog, ipcMain } from 'electron';
import type { IpcMainInvokeEvent } from 'electron';
import type { z } from 'zod';
import type { Sender } from '../security/policy.ts';
import { channels } from './channels.ts';
import { checked, payloads } from './checked.ts';
import { reportFileName, saveReport } from './save-report.ts';

/**
 * Answers the window's requests.
 * @param application Fetch-API handler of the application
 */
export function handleRequests(application: (request: Request) => Response | Promise<Response>): void {
  answer(channels.chooseFiles, payloads.none, async (window) => {
    const { filePaths } = await dialog.showOpenDialog(window, {
      title: 'Open files',
      properties: ['openFile', 'multiSelections'],
      filters: [
        { name: 'All files', extensions: ['*'] },
        { name: 'DICOM and ZIP', extensions: ['dcm', 'dicom', 'zip'] },
      ],
    });
    return filePaths;
  });

  answer(channels.chooseFolder, payloads.none, async (window) => {
    const { filePaths } = await dialog.showOpenDialog(window, {
      title: 'Open folders',
      properties: ['openDirectory', 'multiSelections'],
    });
    return filePaths;
  });

  answer(channels.saveReport, payloads.saveReport, async (window, studyInstanceUid, suggestedName) => {
    const { canceled, filePath } = await dialog.showSaveDialog(window, {
      title: 'Export report',
      defaultPath: reportFileName(suggestedName),
      filters: [{ name: 'PDF', extensions: ['pdf'] }],
      properties: ['showOverwriteConfirmation', 'createDirectory'],
    });
    if (canceled || !filePath) return null;
    await saveReport(application, studyInstanceUid, filePath);
    return filePath;
  });

  answer(channels.windowFullScreen, payloads.windowFullScreen, (window, on = !window.isFullScreen()) => {
    window.setFullScreen(on);
    return on;
  });
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

function senderOf(event: IpcMainInvokeEvent): Sender {
  const frame = event.senderFrame;
  return { url: frame?.url ?? null, isMainFrame: frame !== null && frame === event.sender.mainFrame };
}
