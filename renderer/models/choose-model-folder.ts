import { isCheckpoint } from '../../core/model/checkpoint-name.ts';

/** A folder to add: a path on the desktop, files in a browser. */
export type ChosenFolder = { readonly path: string } | { readonly files: readonly File[] };

/** Opens the dialog for a folder: the system's own on the desktop, the browser's on loopback; null when dismissed. */
export async function chooseModelFolder(): Promise<ChosenFolder | null> {
  if (window.systola) {
    const [path] = await window.systola.chooseFolder();
    return path === undefined ? null : { path };
  }
  const input = document.createElement('input');
  input.type = 'file';
  input.webkitdirectory = true;
  const chosen = new Promise<ChosenFolder | null>((resolve) => {
    input.addEventListener('change', () => resolve(input.files ? { files: [...input.files] } : null));
    input.addEventListener('cancel', () => resolve(null));
  });
  input.click();
  return chosen;
}

const manifestLimit = 1_000_000;

/**
 * The files of a chosen folder that are sent: its manifest, the graph that it names, and its card. Where there is
 * no manifest, what may tell the application what the folder is instead.
 */
export async function filesToSend(files: readonly File[]): Promise<readonly File[]> {
  const top = files.filter((file) => depthOf(file) <= 1);
  const named = (name: string) => top.find((file) => file.name === name);
  const manifest = named('manifest.json');
  const checkpoint = top.find(({ name }) => isCheckpoint(name));
  if (manifest === undefined) return checkpoint === undefined ? [] : [checkpoint];
  const graph = named(await graphNameIn(manifest));
  return [manifest, graph, named('card.md')].filter((file) => file !== undefined);
}

/** Address of a file in its folder, as the browser gives it. */
export const addressOf = (file: File): string => file.webkitRelativePath || file.name;

const depthOf = (file: File): number => addressOf(file).split('/').length - 1;

/** What cannot be read here is the application's to judge: it gets the manifest. */
async function graphNameIn(manifest: File): Promise<string> {
  if (manifest.size > manifestLimit) return '';
  try {
    const { graph } = JSON.parse(await manifest.text()) as { graph?: { file?: unknown } };
    return typeof graph?.file === 'string' ? graph.file : '';
  } catch {
    return '';
  }
}
