import { contextBridge, ipcRenderer, webUtils } from 'electron';
import { channels, reasonOf } from '../ipc/channels.ts';
import type { DesktopCommand, SystolaDesktop } from './api.ts';

let listener: ((command: DesktopCommand) => void) | null = null;

ipcRenderer.on(channels.command, (_event, command: DesktopCommand) => listener?.(command));

/** Asks the main process. Electron puts the channel before the reason; a person needs the reason only. */
async function ask<Answer>(channel: string, ...payload: readonly unknown[]): Promise<Answer> {
  try {
    return (await ipcRenderer.invoke(channel, ...payload)) as Answer;
  } catch (error) {
    throw new Error(reasonOf(error));
  }
}

const desktop: SystolaDesktop = {
  pathsOf: (files) => files.map((file) => webUtils.getPathForFile(file)).filter((path) => path !== ''),
  chooseFiles: () => ask(channels.chooseFiles),
  chooseFolder: () => ask(channels.chooseFolder),
  saveExport: (studyInstanceUid, format, suggestedName) =>
    ask(channels.saveExport, studyInstanceUid, format, suggestedName),
  saveMapping: (mapping) => ask(channels.saveMapping, mapping),
  chooseExportFolder: () => ask(channels.chooseExportFolder),
  showExport: (exportId) => ask(channels.showExport, exportId),
  showStudy: (studyInstanceUid) => ask(channels.showStudy, studyInstanceUid),
  startBackup: (kind) => ask(channels.startBackup, kind),
  restart: () => ask(channels.restart),
  windowFullScreen: (on) => ask(channels.windowFullScreen, ...(on === undefined ? [] : [on])),
  editText: (what) => ask(channels.editText, what),
  openWorklist: () => ask(channels.openWorklist),
  openStudy: (studyInstanceUid, listing) => ask(channels.openStudy, studyInstanceUid, listing),
  studyShown: (studyInstanceUid) => ask(channels.studyShown, studyInstanceUid),
  onCommand: (added) => {
    listener = added;
    // The main process keeps until now what came before.
    ipcRenderer.send(channels.listening);
    return () => {
      if (listener === added) listener = null;
    };
  },
};

contextBridge.exposeInMainWorld('systola', desktop);
