import { SystolaError } from '../../core/error.ts';
import { message } from '../../core/language/message.ts';
import type { FolderExporter } from './exporter.ts';

/** @throws SystolaError `bad-request` of a study none of whose clips may leave */
export const noneChecked = (): SystolaError =>
  new SystolaError(
    'bad-request',
    'Nobody has looked yet at what stays of its pictures. Look at them in the export dialog, and tick each.',
  );

/** The study's clips as DICOM files: as they were imported, or without their patient. */
export const dicomClips: FolderExporter = {
  id: 'clips',
  label: message('export.format.clips'),
  content: 'clips',
  extension: 'zip',
  mediaType: 'application/zip',
  async *files(snapshots, signal) {
    for await (const { document, clip } of snapshots) {
      let left = 0;
      for (const { sopInstanceUid } of document.clips) {
        signal.throwIfAborted();
        const bytes = await clip(sopInstanceUid);
        if (bytes === null) continue;
        left += 1;
        yield { path: `${document.facts.studyInstanceUid.replace('~', '-')}/${sopInstanceUid}.dcm`, bytes };
      }
      if (left === 0) throw noneChecked();
    }
  },
};
