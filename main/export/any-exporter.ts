import type { CopiedFile, ExportedFile, Exporter, FolderExporter } from './exporter.ts';

/** A way to write one file, or several. */
export type AnyExporter = Exporter | FolderExporter<ExportedFile | CopiedFile>;

export const isFolderExporter = (
  exporter: AnyExporter,
): exporter is FolderExporter<ExportedFile | CopiedFile> => 'files' in exporter;
