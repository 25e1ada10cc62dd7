import { message } from '../../core/language/message.ts';
import type { FolderExporter } from './exporter.ts';

/** Four-chamber loops with tracings, as EchoNet-Dynamic is laid out, in the size of the clips. */
export const echonetFolder: FolderExporter = {
  id: 'echonet',
  label: message('export.format.echonet'),
  content: 'echonet',
  extension: 'zip',
  mediaType: 'application/zip',
  async *files(snapshots, signal) {
    const [{ echonetFiles }, { wholeFrames }] = await Promise.all([
      import('./data-sets/echonet.ts'),
      import('./data-sets/video-frames.ts'),
    ]);
    yield* echonetFiles(snapshots, signal, wholeFrames);
  },
};
