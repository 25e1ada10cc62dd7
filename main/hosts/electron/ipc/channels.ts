/** Names shared by the preload script and the main process. */
export const channels = {
  chooseFiles: 'systola:choose-files',
  chooseFolder: 'systola:choose-folder',
  saveReport: 'systola:save-report',
  windowFullScreen: 'systola:window-full-screen',
  /** Main to window. */
  command: 'systola:command',
} as const;
