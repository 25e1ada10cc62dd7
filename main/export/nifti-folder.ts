import { message } from '../../core/language/message.ts';
import type { FolderExporter } from './exporter.ts';

/** ED, ES and the frames between them with labels, as CAMUS is laid out. */
export const niftiFolder: FolderExporter = {
  id: 'nifti',
  label: message('export.format.nifti'),
  content: 'nifti',
  extension: 'zip',
  mediaType: 'application/zip',
  async *files(snapshots, signal) {
    const { camusFiles } = await import('./data-sets/camus.ts');
    yield* camusFiles(snapshots, signal);
  },
};
