import { message } from '../../core/language/message.ts';
import type { FolderExporter } from './exporter.ts';

/** Labelled frames as nnU-Net v2 trains on them. */
export const nnunetFolder: FolderExporter = {
  id: 'nnunet',
  label: message('export.format.nnunet'),
  content: 'nnunet',
  extension: 'zip',
  mediaType: 'application/zip',
  async *files(snapshots, signal) {
    const [{ labelledFiles }, { nnuNet }] = await Promise.all([
      import('./data-sets/labelled-files.ts'),
      import('./data-sets/nnu-net.ts'),
    ]);
    yield* labelledFiles(nnuNet, snapshots, signal);
  },
};
