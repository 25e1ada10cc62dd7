/** Names shared by the preload script and the main process. */
export const channels = {
  chooseFiles: 'systola:choose-files',
  chooseFolder: 'systola:choose-folder',
  saveExport: 'systola:save-export',
  saveMapping: 'systola:save-mapping',
  chooseExportFolder: 'systola:choose-export-folder',
  showExport: 'systola:show-export',
  showStudy: 'systola:show-study',
  startBackup: 'systola:start-backup',
  restart: 'systola:restart',
  windowFullScreen: 'systola:window-full-screen',
  editText: 'systola:edit-text',
  openWorklist: 'systola:open-worklist',
  openStudy: 'systola:open-study',
  studyShown: 'systola:study-shown',
  /** Window to main, once the page takes commands. */
  listening: 'systola:listening',
  /** Main to window. */
  command: 'systola:command',
} as const;

/** What the main process said, without what Electron puts before it. */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/^Error invoking remote method '[^']*': (?:\w*Error: )?/, '');
}
