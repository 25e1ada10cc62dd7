import type { ExportedFile, ExportSnapshot, FolderExporter } from '../../../main/export/exporter.ts';

async function* each(snapshots: readonly ExportSnapshot[]): AsyncGenerator<ExportSnapshot> {
  for (const snapshot of snapshots) yield await Promise.resolve(snapshot);
}

/** All files that an exporter makes of these studies. */
export async function filesOf(
  exporter: FolderExporter,
  ...snapshots: readonly ExportSnapshot[]
): Promise<ExportedFile[]> {
  const found: ExportedFile[] = [];
  const { signal } = new AbortController();
  for await (const file of exporter.files(each(snapshots), signal)) found.push(file);
  return found;
}
