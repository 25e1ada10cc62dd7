import { contextBridge, ipcRenderer, webUtils } from 'electron';
import { channels } from '../ipc/channels.ts';
import type { DesktopCommand, SystolaDesktop } from './api.ts';

let listener: ((command: DesktopCommand) => void) | null = null;
/** Commands that came before the page was listening: files given at launch. */
const waiting: DesktopCommand[] = [];

ipcRenderer.on(channels.command, (_event, command: DesktopCommand) => {
  if (listener === null) waiting.push(command);
  else listener(command);
});

const desktop: SystolaDesktop = {
  pathsOf: (files) => files.map((file) => webUtils.getPathForFile(file)).filter((path) => path !== ''),
  chooseFiles: () => ipcRenderer.invoke(channels.chooseFiles),
  chooseFolder: () => ipcRenderer.invoke(channels.chooseFolder),
  saveReport: (studyInstanceUid, suggestedName) =>
    ipcRenderer.invoke(channels.saveReport, studyInstanceUid, suggestedName),
  windowFullScreen: (on) => ipcRenderer.invoke(channels.windowFullScreen, on),
  onCommand: (added) => {
    listener = added;
    for (const command of waiting.splice(0)) added(command);
    return () => {
      if (listener === added) listener = null;
    };
  },
};

contextBridge.exposeInMainWorld('systola', desktop);
