import { filesOfInput } from './dropped-files.ts';
import { imports } from './imports.svelte.ts';

/** Opens the dialog for files or for a folder: the system's own on the desktop, the browser's on loopback. */
export async function chooseAndImport(what: 'files' | 'folder'): Promise<void> {
  const desktop = window.systola;
  if (desktop) {
    await imports.fromPaths(await (what === 'files' ? desktop.chooseFiles() : desktop.chooseFolder()));
    return;
  }
  const input = document.createElement('input');
  input.type = 'file';
  input.multiple = true;
  if (what === 'folder') input.webkitdirectory = true;
  input.addEventListener('change', () => {
    if (input.files) void imports.fromFiles(filesOfInput(input.files));
  });
  input.click();
}
