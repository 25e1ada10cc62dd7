/** A file to upload, with the folders it was dropped in as part of its name. */
export interface NamedFile {
  readonly name: string;
  readonly file: File;
}

function readEntries(reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> {
  return new Promise((resolve, reject) => reader.readEntries(resolve, reject));
}

async function* walk(entry: FileSystemEntry): AsyncGenerator<NamedFile> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject),
    );
    yield { name: entry.fullPath.replace(/^\//, ''), file };
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  // A reader gives at most a hundred entries a call and says that it is done with an empty list.
  for (let entries = await readEntries(reader); entries.length > 0; entries = await readEntries(reader)) {
    for (const child of entries) yield* walk(child);
  }
}

/**
 * Everything in a drop: files, and folders to any depth. Call it in the drop event itself, since a
 * DataTransfer is emptied when its event is over.
 */
export function filesOfDrop(transfer: DataTransfer): Promise<NamedFile[]> {
  const entries = [...transfer.items]
    .filter((item) => item.kind === 'file')
    .map((item) => item.webkitGetAsEntry())
    .filter((entry) => entry !== null);
  const loose = [...transfer.files];
  return (async () => {
    if (entries.length === 0) return loose.map((file) => ({ name: file.name, file }));
    const files: NamedFile[] = [];
    for (const entry of entries) for await (const file of walk(entry)) files.push(file);
    return files;
  })();
}

/** Files chosen in a file or folder input. */
export const filesOfInput = (list: FileList): NamedFile[] =>
  [...list].map((file) => ({ name: file.webkitRelativePath || file.name, file }));
