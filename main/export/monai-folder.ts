import { message } from '../../core/language/message.ts';
import type { FolderExporter } from './exporter.ts';

/** Labelled frames in NIfTI with a list that MONAI loads. */
export const monaiFolder: FolderExporter = {
  id: 'monai',
  label: message('export.format.monai'),
  content: 'monai',
  extension: 'zip',
  mediaType: 'application/zip',
  async *files(snapshots, signal) {
    const [{ labelledFiles }, { monai }] = await Promise.all([
      import('./data-sets/labelled-files.ts'),
      import('./data-sets/monai.ts'),
    ]);
    yield* labelledFiles(monai, snapshots, signal);
  },
};
