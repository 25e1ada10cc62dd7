import { join } from 'node:path';

/**
 * Folder of studies in the user's data folder. The same in every host, so that a study opened in Electron is there
 * in the browser too.
 * @param environment where XDG_DATA_HOME or APPDATA may say otherwise
 * @param home the user's home folder
 */
export function defaultLibrary(
  platform: NodeJS.Platform,
  environment: Readonly<Record<string, string | undefined>>,
  home: string,
): string {
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Systola', 'library');
  if (platform === 'win32') {
    return join(environment['APPDATA'] ?? join(home, 'AppData', 'Roaming'), 'Systola', 'library');
  }
  const data = environment['XDG_DATA_HOME'];
  return join(data?.startsWith('/') ? data : join(home, '.local', 'share'), 'systola', 'library');
}
