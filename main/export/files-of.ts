import { exportFileName } from '../../core/export/export-file-name.ts';
import { isFolderExporter, type AnyExporter } from './any-exporter.ts';
import type { CopiedFile, ExportedFile, Exporter, ExportSnapshot, FolderExporter } from './exporter.ts';

/** The files of one study: one under the name that exported files have, or those that the exporter names. */
export function filesOf(
  exporter: Exporter | FolderExporter,
  snapshot: ExportSnapshot,
  signal: AbortSignal,
): AsyncGenerator<ExportedFile>;
export function filesOf(
  exporter: AnyExporter,
  snapshot: ExportSnapshot,
  signal: AbortSignal,
): AsyncGenerator<ExportedFile | CopiedFile>;
export async function* filesOf(
  exporter: AnyExporter,
  snapshot: ExportSnapshot,
  signal: AbortSignal,
): AsyncGenerator<ExportedFile | CopiedFile> {
  if (isFolderExporter(exporter)) {
    yield* exporter.files(only(snapshot), signal);
    return;
  }
  const { document, withPatient } = snapshot;
  const path = exportFileName(document.facts, exporter, { withPatient });
  yield { path, bytes: await exporter.write(snapshot) };
}

async function* only(snapshot: ExportSnapshot): AsyncGenerator<ExportSnapshot> {
  yield snapshot;
  return Promise.resolve();
}
