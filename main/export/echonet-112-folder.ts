import { message } from '../../core/language/message.ts';
import type { FolderExporter } from './exporter.ts';

/** The same in frames of 112 × 112 pixels, for networks that were trained on EchoNet-Dynamic. */
export const echonet112Folder: FolderExporter = {
  id: 'echonet-112',
  label: message('export.format.echonet-112'),
  content: 'echonet-112',
  extension: 'zip',
  mediaType: 'application/zip',
  async *files(snapshots, signal) {
    const [{ echonetFiles }, { smallFrames }] = await Promise.all([
      import('./data-sets/echonet.ts'),
      import('./data-sets/video-frames.ts'),
    ]);
    yield* echonetFiles(snapshots, signal, smallFrames);
  },
};
